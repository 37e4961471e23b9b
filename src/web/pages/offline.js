// Keeps one page for when there is no network. Nothing that belongs to anybody is kept, and nothing of the API.
const CACHE = "regie-offline-{version}";
const PAGE = "/offline";
const FILES = [PAGE, "/style.css", "/icons.svg"];
// In front of a tablet at a door stands nobody who would try again: its page does so itself, after some seconds.
const UNWATCHED = "/kiosk";
const AGAIN_SECONDS = "10";

self.addEventListener("install", (event) => event.waitUntil(install()));
self.addEventListener("activate", (event) => event.waitUntil(begin()));

self.addEventListener("fetch", (event) => {
    const { request } = event;
    const path = new URL(request.url).pathname;
    // Everything else goes its way as if there were no worker.
    if (request.method !== "GET") return;
    if (request.mode === "navigate") event.respondWith(navigate(event, path));
    else if (FILES.includes(path)) event.respondWith(fetch(request).catch(() => caches.match(path)));
});

async function install() {
    const cache = await caches.open(CACHE);
    // Past the browser's own cache, which may hold an older style; without cookies, so that the page is nobody's.
    await cache.addAll(FILES.map((file) => new Request(file, { cache: "reload", credentials: "omit" })));
    await self.skipWaiting();
}

async function begin() {
    const old = (await caches.keys()).filter((name) => name !== CACHE);
    await Promise.all(old.map((name) => caches.delete(name)));
    // The request goes out while the worker starts: no page waits for it.
    await self.registration.navigationPreload?.enable();
}

async function navigate(event, path) {
    try {
        return (await event.preloadResponse) ?? (await fetch(event.request));
    } catch {
        return offline(path);
    }
}

async function offline(path) {
    const page = await caches.match(PAGE);
    if (!page) return Response.error();
    const headers = new Headers(page.headers);
    if (path === UNWATCHED) headers.set("refresh", AGAIN_SECONDS);
    return new Response(page.body, { status: 503, headers });
}
