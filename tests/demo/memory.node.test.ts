// The demo runs for as long as its tab is open: 20 seconds here, ten minutes by `npm run test:soak`.
import type { CDPSession, Page } from 'playwright';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Demo, hasChromium, tickOf, ticks } from './page.ts';

const seconds = Number(process.env.SENSORIUM_SOAK_SECONDS ?? 20);

/** Has the worker remember its WebAssembly memories, for as long as anybody else does. */
const remember = `
const memories = (globalThis.memories = []);
WebAssembly.Memory = class extends WebAssembly.Memory {
  constructor(...all) {
    super(...all);
    memories.push(new WeakRef(this));
  }
};`;

interface Usage {
  /** Of the page's scripts and the worker's, after collecting garbage. */
  readonly heap: number;
  /** Of the worker's WebAssembly memories that are alive. */
  readonly wasm: number;
}

/** Speaks with the page's worker, to which Playwright gives no session of its own. */
class WorkerSession {
  readonly #page: CDPSession;
  readonly #id: string;
  readonly #answers = new Map<number, (result: unknown) => void>();
  #next = 0;

  private constructor(page: CDPSession, id: string) {
    this.#page = page;
    this.#id = id;
    page.on('Target.receivedMessageFromTarget', ({ message }) => {
      const { id: number, result } = JSON.parse(message);
      this.#answers.get(number)?.(result);
    });
  }

  static async attach(page: CDPSession): Promise<WorkerSession> {
    const attached = new Promise<string>((resolve) => page.on('Target.attachedToTarget', ({ sessionId, targetInfo }) => targetInfo.type === 'worker' && resolve(sessionId)));
    await page.send('Target.setAutoAttach', { autoAttach: true, waitForDebuggerOnStart: false, flatten: false });
    return new WorkerSession(page, await attached);
  }

  async send(method: string, params: object = {}): Promise<any> {
    const id = ++this.#next;
    const answer = new Promise<unknown>((resolve) => this.#answers.set(id, resolve));
    await this.#page.send('Target.sendMessageToTarget', { sessionId: this.#id, message: JSON.stringify({ id, method, params }) });
    return answer;
  }
}

describe.skipIf(!hasChromium)('memory', () => {
  let demo: Demo;
  let page: Page;
  beforeAll(async () => {
    demo = await Demo.start();
    page = await demo.blank();
    await page.route(/worker.*\.js/, async (route) => {
      const response = await route.fetch();
      await route.fulfill({ response, body: `${remember}\n${await response.text()}` });
    });
    await page.goto(`${demo.server.origin}/#agents=10000`);
  }, 180_000);
  afterAll(async () => demo?.stop());

  test(`${seconds} seconds at 10,000 agents: no growth`, async () => {
    const session = await page.context().newCDPSession(page);
    const worker = await WorkerSession.attach(session);
    const usage = async (): Promise<Usage> => {
      await session.send('HeapProfiler.collectGarbage');
      await worker.send('HeapProfiler.collectGarbage');
      const inPage = await session.send('Runtime.getHeapUsage');
      const inWorker = await worker.send('Runtime.getHeapUsage');
      const { result: bytes } = await worker.send('Runtime.evaluate', { expression: 'memories.reduce((sum, memory) => sum + (memory.deref()?.buffer.byteLength ?? 0), 0)' });
      return { heap: inPage.usedSize + inWorker.usedSize, wasm: bytes.value };
    };
    // What is compiled on first use, and lists that fill up to their length.
    await ticks(page, 60);
    const [before, from] = [await usage(), await tickOf(page)];
    await page.waitForTimeout(1000 * seconds);
    const [after, to] = [await usage(), await tickOf(page)];
    const story = `${to - from} ticks, ${JSON.stringify(before)}, ${JSON.stringify(after)}`;
    expect(to, story).toBeGreaterThan(from);
    expect(before.wasm, story).toBeGreaterThan(10_000_000);
    expect(after.wasm, story).toBe(before.wasm);
    // Lists on the page fill up to their length, and the browser's compilers go on: that comes to an end.
    expect(after.heap - before.heap, story).toBeLessThan(2_000_000);
    if (process.env.SENSORIUM_SOAK_SECONDS) console.log(story);
  }, 1000 * seconds + 180_000);

  test('nothing went wrong', () => expect(demo.wrong).toEqual([]));
});
