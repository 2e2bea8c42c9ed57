// Keeps the demo's files, so that it works without a network once it has been loaded. The build writes `version` and `files` above this
// line: all files of the demo, and a name that changes with any of them.
/* global version, files */
const name = `sensorium-demo-${version}`;

self.addEventListener('install', (event) => {
  event.waitUntil(caches.open(name).then((cache) => cache.addAll(files)).then(() => self.skipWaiting()));
});

self.addEventListener('activate', (event) => {
  const old = (names) => names.filter((other) => other.startsWith('sensorium-demo-') && other !== name);
  event.waitUntil(caches.keys().then((names) => Promise.all(old(names).map((other) => caches.delete(other)))).then(() => self.clients.claim()));
});

self.addEventListener('fetch', (event) => {
  const { request } = event;
  if (request.method !== 'GET' || new URL(request.url).origin !== location.origin) return;
  // The page itself is asked for anew, so that a new version is seen at once; what it refers to never changes under its name.
  const kept = () => caches.match(request, { ignoreSearch: true });
  const answer = request.mode === 'navigate' ? fetch(request).catch(kept) : kept().then((found) => found ?? fetch(request));
  event.respondWith(answer);
});
