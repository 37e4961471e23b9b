// Decodes camera frames away from the page.
//
// In:  { decoder, module? }  first: the address of the wasm, or the wasm already compiled
//      { stream }            a transferred ReadableStream of VideoFrames
//      { track }             a transferred camera track, where only workers can process one
//      { frame }             one VideoFrame or ImageBitmap; the next one is due after the beat
// Out: { ready, module }, { beat, ms }, { text }, { ended }, { unsupported }, { failed }

// Twelve looks a second are enough for a hand, and leave a small tablet half of its time.
const GAP_MS = 80;
const MAX_SIDE = 4096;
const LUMA_FIRST = new Set(['I420', 'I420A', 'I422', 'I422A', 'I444', 'I444A', 'NV12', 'NV12A']);

let module = null;
let reader = null;
let canvas = null;
let count = 0;
let last = 0;
let busy = false;
const words = new TextDecoder();

self.onmessage = ({ data }) => {
  if (data.decoder) {
    begin(data).catch((error) => self.postMessage({ failed: String(error) }));
  } else if (data.stream) {
    pump(data.stream);
  } else if (data.track) {
    if ('MediaStreamTrackProcessor' in self) {
      pump(new self.MediaStreamTrackProcessor({ track: data.track, maxBufferSize: 1 }).readable);
    } else {
      data.track.stop();
      self.postMessage({ unsupported: true });
    }
  } else if (data.frame) {
    take(data.frame);
  }
};

async function begin({ decoder, module: compiled }) {
  if (compiled) {
    module = compiled;
  } else {
    const answer = await fetch(decoder);
    if (!answer.ok) throw new Error(`decoder: ${answer.status}`);
    // Not compileStreaming: it refuses a server that sends another content type.
    module = await WebAssembly.compile(await answer.arrayBuffer());
  }
  await renew();
  self.postMessage({ ready: true, module });
}

async function renew() {
  reader = (await WebAssembly.instantiate(module, {})).exports;
}

async function pump(stream) {
  const frames = stream.getReader();
  try {
    for (;;) {
      const { value, done } = await frames.read();
      if (done) break;
      await take(value);
    }
  } catch {
    // A broken stream is an ended one: the page opens the camera again.
  }
  self.postMessage({ ended: true });
}

// Decodes one picture, unless it comes too early, and closes it in any case: a frame kept open stalls the camera.
async function take(picture) {
  try {
    const now = performance.now();
    if (busy || !reader || now - last < GAP_MS) return;
    busy = true;
    last = now;
    try {
      await read(picture, now);
    } finally {
      busy = false;
    }
  } catch {
    // A frame that cannot be copied, or a trap in the decoder: its memory is not to be trusted any more.
    await renew().catch((error) => self.postMessage({ failed: String(error) }));
  } finally {
    picture.close();
  }
}

async function read(picture, since) {
  const [width, height, stride] = await copy(picture);
  count += 1;
  const length = reader.read(width, height, stride, count);
  if (length > 0) {
    self.postMessage({ text: words.decode(new Uint8Array(reader.memory.buffer, reader.text(), length)) });
  }
  self.postMessage({ beat: count, ms: performance.now() - since });
}

// Puts the grey levels of a picture into the memory of the decoder.
async function copy(picture) {
  if (LUMA_FIRST.has(picture.format) && picture.visibleRect.width <= MAX_SIDE && picture.visibleRect.height <= MAX_SIDE) {
    const { width, height } = picture.visibleRect;
    const bytes = room(picture.allocationSize());
    const [{ offset, stride }] = await picture.copyTo(bytes);
    if (offset) bytes.copyWithin(0, offset);
    return [width, height, stride];
  }
  return draw(picture);
}

// The slow way, for formats without a plane of grey levels.
function draw(picture) {
  const wide = picture.displayWidth ?? picture.width;
  const tall = picture.displayHeight ?? picture.height;
  const scale = Math.min(1, 1280 / Math.max(wide, tall));
  const width = Math.max(1, Math.round(wide * scale));
  const height = Math.max(1, Math.round(tall * scale));
  if (canvas?.width !== width || canvas?.height !== height) canvas = new OffscreenCanvas(width, height);
  const pen = canvas.getContext('2d', { willReadFrequently: true, alpha: false });
  pen.drawImage(picture, 0, 0, width, height);
  const colours = pen.getImageData(0, 0, width, height).data;
  const bytes = room(width * height);
  for (let i = 0, j = 0; i < bytes.length; i += 1, j += 4) {
    bytes[i] = (77 * colours[j] + 150 * colours[j + 1] + 29 * colours[j + 2]) >> 8;
  }
  return [width, height, width];
}

function room(size) {
  const start = reader.frame_buffer(size);
  if (!start) throw new Error('the picture is too large');
  return new Uint8Array(reader.memory.buffer, start, size);
}
