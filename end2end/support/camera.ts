// A camera made of a file: Chromium plays it for ever, and shows at once what is written over it.
import { test } from "@playwright/test";
import { randomBytes } from "node:crypto";
import { closeSync, openSync, writeFileSync, writeSync } from "node:fs";
import { PNG } from "pngjs";

const WIDTH = 1280;
const HEIGHT = 720;
const HEAD = Buffer.from(`YUV4MPEG2 W${WIDTH} H${HEIGHT} F10:1 Ip A1:1 C420mpeg2\n`);
/** Bytes of a picture's grey levels. */
const LUMA = WIDTH * HEIGHT;
const CHROMA = Buffer.alloc(LUMA / 2, 128);

export class Camera {
    /** With what the test leaves, and removed with it. */
    readonly path = test.info().outputPath(`camera-${randomBytes(4).toString("hex")}.y4m`);

    /** `frames`: how many pictures the file holds; it cannot grow while it is played. */
    constructor(private readonly frames = 2) {
        writeFileSync(this.path, this.scene());
    }

    /** Chromium's flags for this camera. */
    get flags(): string[] {
        return ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream", `--use-file-for-fake-video-capture=${this.path}`];
    }

    /** Holds a screenshot in front of the camera; nothing when there is none. */
    show(picture?: Buffer): void {
        this.write(this.scene(picture));
    }

    /** Plays a video of as many pictures as the file holds, given as their grey levels. */
    play(video: Buffer): void {
        this.write(film(Array.from({ length: this.frames }, (_, n) => video.subarray(n * LUMA, (n + 1) * LUMA))));
    }

    /** Holds what wears a decoder out: noise, full of squares like those in the corners of a code. */
    showHostile(seed: number): void {
        let state = seed;
        const random = (below: number) => {
            state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
            return Math.floor((state / 2 ** 32) * below);
        };
        const luma = Buffer.from(Array.from({ length: LUMA }, () => random(256)));
        for (let count = 0; count < 1200; count++) {
            const module = 2 + random(4);
            const [left, top] = [random(WIDTH - 9 * module), random(HEIGHT - 9 * module)];
            for (let y = 0; y < 9 * module; y++) {
                for (let x = 0; x < 9 * module; x++) {
                    // Rings around the middle: white, black, white, black, black.
                    const ring = Math.max(Math.abs(Math.floor(x / module) - 4), Math.abs(Math.floor(y / module) - 4));
                    luma[(top + y) * WIDTH + left + x] = ring === 4 || ring === 2 ? 235 : 16;
                }
            }
        }
        this.write(this.still(luma));
    }

    private write(scene: Buffer): void {
        const file = openSync(this.path, "r+");
        writeSync(file, scene, 0);
        closeSync(file);
    }

    private scene(picture?: Buffer): Buffer {
        const luma = Buffer.alloc(LUMA, 110);
        if (picture) {
            const png = PNG.sync.read(picture);
            const scale = 480 / Math.max(png.width, png.height);
            const [width, height] = [Math.floor(png.width * scale), Math.floor(png.height * scale)];
            const [left, top] = [Math.floor((WIDTH - width) / 2), Math.floor((HEIGHT - height) / 2)];
            for (let y = 0; y < height; y++) {
                for (let x = 0; x < width; x++) {
                    const at = 4 * (Math.floor(y / scale) * png.width + Math.floor(x / scale));
                    const [r, g, b] = [png.data[at]!, png.data[at + 1]!, png.data[at + 2]!];
                    luma[(top + y) * WIDTH + left + x] = Math.round(16 + (0.299 * r + 0.587 * g + 0.114 * b) * 0.86);
                }
            }
        }
        return this.still(luma);
    }

    private still(luma: Buffer): Buffer {
        return film(Array<Buffer>(this.frames).fill(luma));
    }
}

function film(pictures: Buffer[]): Buffer {
    return Buffer.concat([HEAD, ...pictures.flatMap((luma) => [Buffer.from("FRAME\n"), luma, CHROMA])]);
}
