// How soon the kiosk answers and how fast it reads, in its own page: `cargo xtask bench kiosk` runs this and judges the samples.
import { readFileSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import type { Browser, Worker as BrowserWorker } from "@playwright/test";
import { Camera } from "../support/camera";
import { expect, signIn, test } from "../support/fixtures";
import type { Address } from "../support/server";
import { openTablet } from "../support/tablet";
import { registerPhone } from "../support/timeclock";

/** What bench/src/kiosk.rs asks for. */
interface Task extends Address {
    pairing: string;
    password: string;
    /** Whose badges are shown, by address. */
    people: string[];
    /** How many videos there are, and the port that gives the next one. */
    videos: number;
    projector: number;
    /** The pictures of a video: in as many looks its badge has to be read. */
    pictures: number;
    /** Where the samples go. */
    samples: string;
}

/** An answer; milliseconds since the worker sent what it had decoded. */
interface Answer {
    outcome: string | undefined;
    /** Nothing else is to be seen. */
    fills: boolean;
    /** The page heard of it. */
    heard_ms: number;
    /** The answer was put into the page. */
    shown_ms: number;
    /** The browser had drawn it. */
    painted_ms: number;
    /** Nothing of it moved any more. */
    settled_ms: number;
}

interface Probe {
    /** Forgets what was seen so far; `text` is what is to be read now. */
    begin(text?: string): void;
    /** The milliseconds that the worker took for each look. */
    looks(): number[];
    /** The answer to what is read first. */
    answer(): Promise<Answer>;
    /** In which of the next looks the text is read; null when in none. */
    readWithin(looks: number): Promise<number | null>;
}

/** Runs in the kiosk's page before its own scripts. */
function watchKiosk(): void {
    // The worker's clock has another beginning.
    const now = () => performance.timeOrigin + performance.now();
    const known = new Set<string>();
    let [looks, answers]: [number[], Answer[]] = [[], []];
    let [wanted, readAt] = ["", 0];
    let code: { sent: number; heard: number } | undefined;
    let [looked, answered] = [() => {}, () => {}];

    const hear = ({ data }: MessageEvent) => {
        if (data.text) {
            // The kiosk, too, takes a badge that stays in view once.
            if (!known.has(data.text)) code = { sent: data.sent, heard: now() };
            known.add(data.text);
            if (data.text === wanted) readAt ||= looks.length + 1;
        } else if (data.beat) {
            looks.push(data.ms);
        }
        looked();
    };
    class WatchedWorker extends Worker {
        constructor(url: string | URL, options?: WorkerOptions) {
            super(url, options);
            this.addEventListener("message", hear);
        }
    }

    const shown = () => {
        const result = document.querySelector<HTMLElement>(".kiosk.result");
        if (!code || !result || result.hidden) return;
        const [{ sent, heard }, at] = [code, now()];
        code = undefined;
        // Called before a picture is drawn, and then before the next one.
        requestAnimationFrame(() =>
            requestAnimationFrame(async () => {
                const painted = now();
                const { left, top, right, bottom } = result.getBoundingClientRect();
                const fills = left <= 0 && top <= 0 && right >= innerWidth && bottom >= innerHeight;
                const { outcome } = result.dataset;
                await Promise.all(result.getAnimations({ subtree: true }).map((motion) => motion.finished));
                answers.push({ outcome, fills, heard_ms: heard - sent, shown_ms: at - sent, painted_ms: painted - sent, settled_ms: now() - sent });
                answered();
            }),
        );
    };
    new MutationObserver(shown).observe(document, { subtree: true, attributes: true, attributeFilter: ["hidden"] });

    const probe: Probe = {
        begin(text = "") {
            [looks, answers] = [[], []];
            [wanted, readAt] = [text, 0];
            code = undefined;
        },
        looks: () => looks,
        answer: () =>
            new Promise((done, fail) => {
                setTimeout(fail, 15_000, new Error("no answer after 15 s"));
                answered = () => void (answers[0] && done(answers[0]));
                answered();
            }),
        readWithin(most) {
            const before = looks.length;
            return new Promise((done) => {
                looked = () => {
                    if (readAt) done(Math.max(1, readAt - before));
                    else if (looks.length - before >= most) done(null);
                };
                looked();
            });
        },
    };
    Object.assign(window, { Worker: WatchedWorker, probe });
}

/** Has a worker write on each message when it was sent: the page may be late to hear. */
function stamp(worker: BrowserWorker): Promise<void> {
    return worker.evaluate(() => {
        const scope = self as unknown as { postMessage(message: object): void };
        const send = scope.postMessage.bind(self);
        scope.postMessage = (message) => send({ ...message, sent: performance.timeOrigin + performance.now() });
    });
}

/** A badge as somebody's phone shows it. */
async function badgeOf(browser: Browser, task: Task, email: string): Promise<Buffer> {
    const context = await browser.newContext({ viewport: { width: 390, height: 844 }, locale: "fr-FR" });
    const phone = await context.newPage();
    await signIn(phone, task, email, task.password);
    await registerPhone(phone, task);
    const badge = await phone.locator(".badge .qr .code").screenshot();
    await context.close();
    return badge;
}

/** The next video: the text of its badge, and the grey levels of its pictures. */
async function nextVideo(task: Task): Promise<{ text: string; pictures: Buffer }> {
    const parts: Buffer[] = [];
    for await (const part of connect(task.projector, "127.0.0.1")) parts.push(part);
    const all = Buffer.concat(parts);
    const end = all.indexOf("\n");
    expect(end, "a video begins with its text").toBeGreaterThan(0);
    return { text: all.toString("latin1", 0, end), pictures: all.subarray(end + 1) };
}

test("badges and videos in front of the camera", async ({ browser }) => {
    const task: Task = JSON.parse(readFileSync(process.env.KIOSK_TASK!, "utf8"));
    const { tablet, close } = await openTablet(task, task.pairing, new Camera(task.pictures), watchKiosk);
    const { camera, page: kiosk, result } = tablet;
    // A worker that is gone again needs no stamp.
    kiosk.on("worker", (worker) => void stamp(worker).catch(() => {}));
    await Promise.all(kiosk.workers().map(stamp));
    const probe = await kiosk.evaluateHandle(() => (window as unknown as { probe: Probe }).probe);
    const looks = () => probe.evaluate((probe) => probe.looks());

    const badges = [];
    for (const email of task.people) {
        const badge = await badgeOf(browser, task, email);
        await expect(result).toBeHidden();
        await probe.evaluate((probe) => probe.begin());
        camera.show(badge);
        const { outcome, fills, ...times } = await probe.evaluate((probe) => probe.answer());
        expect({ outcome, fills }, email).toEqual({ outcome: "ok", fills: true });
        // A hand stays for a moment.
        await probe.evaluate((probe, most) => probe.readWithin(most), task.pictures);
        badges.push({ ...times, looks_ms: await looks() });
        camera.show();
    }

    const videos = [];
    for (let number = 0; number < task.videos; number++) {
        const { text, pictures } = await nextVideo(task);
        await probe.evaluate((probe, text) => probe.begin(text), text);
        camera.play(pictures);
        // The first look may still be at the video before.
        const read = await probe.evaluate((probe, most) => probe.readWithin(most), task.pictures + 1);
        videos.push({ read, looks_ms: await looks() });
    }
    await close();
    writeFileSync(task.samples, JSON.stringify({ badges, videos }));
});
