import { readFile } from 'node:fs/promises';

/** What lies at an address: Node's fetch reads no files, and people name files by their paths. */
export async function read(address: URL | string): Promise<Response | Uint8Array> {
  const text = String(address);
  if (/^(https?|data):/.test(text)) return fetch(text);
  return readFile(text.startsWith('file:') ? new URL(text) : text);
}
