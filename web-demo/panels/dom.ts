// Small helpers for panels: they change the page only where something is new, so that a frame costs little.

/** Colours that the style has for things side by side: `data-series` 0, 1 … */
export const seriesColours = 10;

export const byId = <T extends Element = HTMLElement>(id: string): T => document.getElementById(id) as unknown as T;

export function show(at: Element, text: string): void {
  if (at.textContent !== text) at.textContent = text;
}

export function set(at: Element, name: string, value: string): void {
  if (at.getAttribute(name) !== value) at.setAttribute(name, value);
}

export function make<Name extends keyof HTMLElementTagNameMap>(name: Name, text = '', className = ''): HTMLElementTagNameMap[Name] {
  const element = document.createElement(name);
  if (text) element.textContent = text;
  if (className) element.className = className;
  return element;
}

export function draw<Name extends keyof SVGElementTagNameMap>(name: Name, attributes: Record<string, string | number>): SVGElementTagNameMap[Name] {
  const element = document.createElementNS('http://www.w3.org/2000/svg', name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, String(value));
  return element;
}

const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
const compact = new Intl.NumberFormat('en', { notation: 'compact', maximumSignificantDigits: 3 });
const short = new Intl.NumberFormat('en', { maximumSignificantDigits: 3 });

export const grouped = (value: number): string => whole.format(value);
export const brief = (value: number): string => compact.format(value);
export const digits = (value: number): string => short.format(value);

/** Milliseconds in the unit that reads best. */
export const duration = (ms: number): string => (ms < 0.0995 ? `${short.format(ms * 1000)} µs` : ms < 995 ? `${short.format(ms)} ms` : `${short.format(ms / 1000)} s`);
