// Keeps the reception screen, its styles, scripts and letters on the device, and answers with them when the
// server cannot be reached. It keeps no answer about anybody: those pages are asked for anew each time.
"use strict";

const KEPT = "motcham-post", SLOW = 5000;
const HOME = new URL("./", self.location).pathname;

self.addEventListener("install", (event) => event.waitUntil(self.skipWaiting()));
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("fetch", (event) => {
  const request = event.request, address = new URL(request.url);
  if (request.method !== "GET" || address.origin !== self.location.origin) return;
  if (address.pathname.startsWith("/static/")) event.respondWith(lasting(request));
  else if (request.mode === "navigate" && address.pathname.startsWith(HOME)) event.respondWith(page(request, address));
});

// The first visit was drawn before this worker was there: the page tells what it is made of.
self.addEventListener("message", (event) => {
  if (!Array.isArray(event.data?.keep)) return;
  event.waitUntil((async () => {
    for (const address of event.data.keep) if (new URL(address).origin === self.location.origin) await lasting(new Request(address)).catch(() => null);
    const kept = await caches.open(KEPT);
    if (!(await kept.match(HOME))) await page(new Request(HOME), new URL(HOME, self.location)).catch(() => null);
    event.source?.postMessage({ kept: true });
  })());
});

// Our own files are addressed by their content: what is kept is right, and other contents of it are not needed.
async function lasting(request) {
  const kept = await caches.open(KEPT), known = await kept.match(request);
  if (known) return known;
  const answer = await fetch(request);
  if (answer.ok && answer.type === "basic") {
    const name = new URL(request.url).pathname;
    for (const old of await kept.keys()) if (new URL(old.url).pathname === name) await kept.delete(old);
    await kept.put(request, answer.clone());
  }
  return answer;
}

async function page(request, address) {
  const kept = await caches.open(KEPT), isHome = address.pathname === HOME;
  try {
    const late = isHome && (await kept.match(HOME)) ? AbortSignal.timeout(SLOW) : undefined;
    const answer = await fetch(request, late && { signal: late });
    if (isHome && answer.ok && answer.type === "basic" && !answer.redirected) await kept.put(HOME, answer.clone());
    if (answer.status >= 500 && isHome) return (await kept.match(HOME)) ?? answer;
    return answer;
  } catch (fault) {
    const known = await kept.match(HOME);
    if (!known) throw fault;
    return isHome ? known : Response.redirect(`${HOME}#needs-line`, 302);
  }
}
