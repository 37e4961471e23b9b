// A camera made of a file: Chromium plays it for ever, and shows at once what is written over it.
import { mkdtempSync, openSync, writeSync, closeSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PNG } from "pngjs";

const WIDTH = 1280;
const HEIGHT = 720;
const HEAD = Buffer.from(`YUV4MPEG2 W${WIDTH} H${HEIGHT} F10:1 Ip A1:1 C420mpeg2\n`);
const CHROMA = Buffer.alloc((WIDTH * HEIGHT) / 2, 128);

export class Camera {
    readonly path = join(mkdtempSync(join(tmpdir(), "regie-camera-")), "scene.y4m");

    constructor() {
        writeFileSync(this.path, this.scene());
    }

    /** Chromium's flags for this camera. */
    get flags(): string[] {
        return ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream", `--use-file-for-fake-video-capture=${this.path}`];
    }

    /** Holds a screenshot in front of the camera; nothing when there is none. */
    show(picture?: Buffer): void {
        const file = openSync(this.path, "r+");
        writeSync(file, this.scene(picture), 0);
        closeSync(file);
    }

    private scene(picture?: Buffer): Buffer {
        const luma = Buffer.alloc(WIDTH * HEIGHT, 110);
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
        const frame = Buffer.concat([Buffer.from("FRAME\n"), luma, CHROMA]);
        return Buffer.concat([HEAD, frame, frame]);
    }
}
