import type { CDPSession, Page } from "@playwright/test";
import { expect, FAST_CLOCK, test, typeScan, type Tablet } from "../../support/tablet";

const NOBODY = "NOT-A-BADGE-OF-ANYBODY-1";

/** What a page holds: JavaScript, WebAssembly, elements, sounds. */
async function held(session: CDPSession) {
    await session.send("HeapProfiler.collectGarbage");
    const { metrics } = await session.send("Performance.getMetrics");
    const of = (name: string) => metrics.find((metric) => metric.name === name)!.value;
    const memory = await session.send("Runtime.evaluate", { expression: "WebAssembly.Memory.prototype" });
    const { objects } = await session.send("Runtime.queryObjects", { prototypeObjectId: memory.result.objectId! });
    const sum = "function () { return this.reduce((bytes, memory) => bytes + memory.buffer.byteLength, 0); }";
    const wasm = await session.send("Runtime.callFunctionOn", { objectId: objects.objectId!, functionDeclaration: sum, returnByValue: true });
    return { heap: of("JSHeapUsedSize"), wasm: wasm.result.value, nodes: of("Nodes"), listeners: of("JSEventListeners"), sounds: of("AudioHandlers") };
}

/** Types codes as a scanner does, a few ahead of the server; gives the milliseconds it took. */
function typeBadCodes(kiosk: Page, count: number): Promise<number> {
    return kiosk.evaluate(
        (count) =>
            new Promise<number>((done) => {
                const begin = performance.now();
                let [typed, answered] = [0, 0];
                const press = (key: string) => document.body.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
                const type = () => {
                    for (; typed < count && typed - answered < 6; typed++) {
                        // By turns nobody's badge, and what is no badge at all.
                        const code = typed % 2 ? `NO BADGE: ${typed}?`.padEnd(24, "!") : String(typed).padStart(24, "0");
                        for (const key of [...code, "Enter"]) press(key);
                    }
                };
                new PerformanceObserver((list) => {
                    answered += list.getEntries().filter((entry) => entry.name.endsWith("/kiosk/scan")).length;
                    if (answered === count) done(performance.now() - begin);
                    else type();
                }).observe({ type: "resource" });
                type();
            }),
        count,
    );
}

async function watchWeight({ context, page }: Tablet): Promise<() => ReturnType<typeof held>> {
    const session = await context.newCDPSession(page);
    await session.send("Performance.enable");
    return () => held(session);
}

test("after ten thousand bad codes the kiosk reads a good one at once and is no heavier", async ({ tablet, badge }) => {
    test.setTimeout(240_000);
    const { camera, page: kiosk, result } = tablet;
    const weigh = await watchWeight(tablet);
    await typeBadCodes(kiosk, 500);
    await expect(result).toBeHidden();
    const before = await weigh();
    // Half a minute on a small machine.
    expect(await typeBadCodes(kiosk, 9_500)).toBeLessThan(120_000);
    await expect(result).toHaveAttribute("data-kind", /punch\.(unknown|malformed)/);

    camera.show(badge);
    await expect(result).toHaveAttribute("data-outcome", "ok", { timeout: 3_000 });
    await expect(kiosk.getByRole("status")).toContainText("Bonjour Claire");
    camera.show();
    await expect(result).toBeHidden();
    const after = await weigh();
    expect(after.heap - before.heap).toBeLessThan(2 * 2 ** 20);
    expect(after.wasm - before.wasm).toBeLessThan(2 ** 20);
    expect(after.nodes - before.nodes).toBeLessThan(100);
    expect(after.listeners - before.listeners).toBeLessThan(10);
    expect(after.sounds).toBeLessThan(20);
});

test.describe("on a tablet that may not make a sound", () => {
    const mute = "AudioContext = class extends AudioContext { constructor() { super(); this.suspend(); } resume() { return Promise.reject(new Error('mute')); } };";
    test.use({ script: mute });

    test("unheard tones do not pile up", async ({ tablet }) => {
        const weigh = await watchWeight(tablet);
        await typeBadCodes(tablet.page, 300);
        await expect(tablet.result).toBeHidden();
        expect((await weigh()).sounds).toBeLessThan(20);
    });
});

test("without network the kiosk says so, and records the next scan when it is back", async ({ tablet, badge }) => {
    const { camera, context, page: kiosk, result } = tablet;
    await context.setOffline(true);
    camera.show(badge);
    await expect(result).toHaveAttribute("data-outcome", "warn");
    await expect(kiosk.getByRole("alert")).toContainText("Réseau coupé");
    await expect(result).toContainText("Rien n’a été enregistré.");
    camera.show();
    await expect(result).toBeHidden();
    await expect(kiosk.locator("[data-state]")).toHaveText("Réseau coupé");

    await context.setOffline(false);
    camera.show(badge);
    await expect(kiosk.getByRole("status")).toContainText("Bonjour Claire");
    await expect(kiosk.locator("[data-state]")).toHaveText("En ligne");
});

test("a server that stops and starts again is found again", async ({ tablet, badge, server }) => {
    const { camera, page: kiosk, result } = tablet;
    await server.down();
    await typeScan(kiosk, NOBODY);
    await expect(kiosk.getByRole("alert")).toContainText("Réseau coupé");
    await expect(kiosk.locator("[data-state=offline]")).toBeAttached();
    await expect(result).toBeHidden();

    await server.up();
    camera.show(badge);
    await expect(kiosk.getByRole("status")).toContainText("Bonjour Claire");
    await expect(kiosk.locator("[data-state=online]")).toBeAttached();
});

test("an answer that is lost on its way is no second punch", async ({ page, tablet, badge, server }) => {
    const { camera, page: kiosk } = tablet;
    let lost = 0;
    await kiosk.route("**/kiosk/scan", async (route) => {
        if (lost++) return route.continue();
        await route.fetch();
        await route.abort();
    });
    camera.show(badge);
    await expect(kiosk.getByRole("status")).toContainText("Bonjour Claire");
    expect(lost).toBe(2);
    await page.setViewportSize({ width: 1280, height: 800 });
    await page.goto(`${server.url}/o/${server.org}/punches`);
    await expect(page.getByRole("cell", { name: "Borne entrée" })).toHaveCount(1);
});

/** Does to the track of the kiosk's camera what a loose plug does. */
function loseCamera(kiosk: Page, how: "ended" | "silent"): Promise<void> {
    return kiosk.locator("kiosk-camera video").evaluate((video: HTMLVideoElement, how) => {
        const [track] = (video.srcObject as MediaStream).getVideoTracks();
        if (how === "silent") track!.stop();
        else track!.dispatchEvent(new Event("ended"));
    }, how);
}

test("a camera that is lost comes back by itself and reads again", async ({ tablet, badge }) => {
    const { camera, page: kiosk } = tablet;
    const lost = kiosk.getByText("Caméra perdue, nouvel essai");
    const live = kiosk.getByText("Caméra prête");

    // Told by the browser.
    await loseCamera(kiosk, "ended");
    await expect(lost).toBeVisible();
    await expect(live).toBeVisible();

    // Told by nobody: the pictures stop.
    await loseCamera(kiosk, "silent");
    await expect(lost).toBeVisible();
    await expect(live).toBeVisible();

    // Pulled out, and plugged in again.
    await kiosk.evaluate(() => {
        navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException("gone", "NotFoundError"));
    });
    await loseCamera(kiosk, "ended");
    await expect(kiosk.getByText("Aucune caméra")).toBeVisible();
    await kiosk.evaluate(() => {
        delete (navigator.mediaDevices as Partial<MediaDevices>).getUserMedia;
        navigator.mediaDevices.dispatchEvent(new Event("devicechange"));
    });
    await expect(live).toBeVisible();

    camera.show(badge);
    await expect(kiosk.getByRole("status")).toContainText("Bonjour Claire");
});

test("a picture that wears the decoder out stops the kiosk for no two seconds", async ({ tablet, badge }) => {
    const { camera, page: kiosk, result } = tablet;
    await kiosk.evaluate(() => {
        const seen = { looks: 0, longest: 0, states: [] as string[] };
        let last = performance.now();
        addEventListener("camera-beat", () => {
            seen.longest = Math.max(seen.longest, performance.now() - last);
            last = performance.now();
            seen.looks++;
        });
        addEventListener("camera-state", (event) => seen.states.push((event as CustomEvent).detail.state));
        Object.assign(window, { seen });
    });
    const seen = () => kiosk.evaluate(() => (window as unknown as { seen: { looks: number; longest: number; states: string[] } }).seen);
    for (let seed = 1; seed <= 5; seed++) {
        camera.showHostile(seed);
        const { looks } = await seen();
        await expect.poll(async () => (await seen()).looks, { timeout: 15_000 }).toBeGreaterThan(looks + 12);
    }
    camera.show(badge);
    await expect(kiosk.getByRole("status")).toContainText("Bonjour Claire", { timeout: 3_000 });
    const { longest, states } = await seen();
    expect(longest).toBeLessThan(2_000);
    expect(states).toEqual([]);
    await expect(result).toHaveAttribute("data-outcome", "ok");
});

test.describe("on a tablet whose clock is ten minutes fast", () => {
    test.use({ script: FAST_CLOCK });

    test("the kiosk shows the server's time", async ({ tablet }) => {
        const { page: kiosk } = tablet;
        const clock = kiosk.getByRole("region", { name: "Heure" });
        const words = (ms: number) => new Intl.DateTimeFormat("fr", { timeZone: "Europe/Paris", hour: "2-digit", minute: "2-digit", second: "2-digit" }).format(ms);
        const showsNow = () =>
            expect
                .poll(async () => {
                    const [time, seconds] = [await clock.locator(".clock").innerText(), await clock.locator("small").innerText()];
                    const shown = `${time.slice(0, 5)}:${seconds}`;
                    return [-2, -1, 0, 1].map((off) => words(Date.now() + off * 1000)).includes(shown);
                })
                .toBe(true);
        expect(await kiosk.evaluate(() => Date.now())).toBeGreaterThan(Date.now() + 9 * 60_000);
        await showsNow();

        // Set while the kiosk runs: the next scan tells the time again.
        await kiosk.evaluate("setAhead(-3600_000)");
        await typeScan(kiosk, NOBODY);
        await expect(kiosk.getByRole("alert")).toContainText("Code inconnu");
        await showsNow();
    });

    test("the kiosk says that its tablet's clock is wrong, which way, and what to do, until it is right", async ({ tablet }) => {
        const { page: kiosk, result } = tablet;
        const strip = kiosk.locator(".strip");
        await expect(strip).toContainText("avance de plus de deux minutes. L’heure affichée ici est celle du serveur. Réglez la tablette");
        // The next scan tells it, and is judged by the server's clock.
        const learns = async (ahead: number) => {
            await kiosk.evaluate((ms) => (window as unknown as { setAhead(ms: number): void }).setAhead(ms), ahead);
            await typeScan(kiosk, NOBODY);
            await expect(kiosk.getByRole("alert")).toContainText("Code inconnu");
            await expect(result).toBeHidden();
        };
        await learns(-600_000);
        await expect(strip).toContainText("retarde");
        await learns(-90_000);
        await expect(strip).toBeHidden();
    });

    test("a scan while the kiosk shows another time is refused with what to do, and the next one is recorded", async ({ tablet, badge }) => {
        const { camera, page: kiosk, result } = tablet;
        // Nothing else tells the kiosk the time.
        await kiosk.route("**/kiosk/pulse", (route) => route.abort());
        await kiosk.evaluate("setAhead(-3600_000)");
        camera.show(badge);
        await expect(result).toHaveAttribute("data-kind", "punch.clock_differs");
        await expect(kiosk.getByRole("alert")).toContainText("Heure décalée");
        await expect(result).toContainText("L’heure vient d’être corrigée : présentez votre badge à nouveau.");
        await expect(result).toContainText("Rien n’a été enregistré.");
        camera.show();
        await expect(result).toBeHidden();
        camera.show(badge);
        await expect(result).toHaveAttribute("data-outcome", "ok");
        await expect(kiosk.locator(".hero")).toContainText("Bonjour Claire");
    });
});
