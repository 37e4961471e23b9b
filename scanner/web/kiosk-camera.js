// <kiosk-camera worker="/url" decoder="/url.wasm" facing="user" quiet-ms="3000">
//
// Shows the camera and tells what it reads. Starts when connected, heals itself, and stops when disconnected.
// Events (all bubble):
//   camera-state { state, reason }  starting, live, refused, absent, busy, lost or frozen
//   camera-code  { text, at }       at: milliseconds since the epoch
//   camera-beat  { ms }             one picture was looked at
// Attributes it sets on itself, for the style sheet: state, mirrored.

const RETRY_MS = [1000, 2000, 5000, 10_000, 30_000];
const WATCH_MS = 250;
const NO_BEAT_MS = 1500;
const NO_FRAME_MS = 3000;
// Fetching and compiling the decoder on a slow line.
const READY_MS = 15_000;
// A camera that lasted this long starts again with the shortest pause.
const STEADY_MS = 10_000;
const QUIET_MS = 3000;
const MAX_REMEMBERED = 32;

const REFUSALS = {
  NotAllowedError: 'refused',
  SecurityError: 'refused',
  NotFoundError: 'absent',
  OverconstrainedError: 'absent',
  NotReadableError: 'busy',
  AbortError: 'busy',
};

class KioskCamera extends HTMLElement {
  #video = null;
  #stream = null;
  #tap = null; // the copy of the track that feeds the worker
  #worker = null;
  #module = null; // the compiled decoder, so that a new worker needs no network
  #mode = 'MediaStreamTrackProcessor' in window ? 'stream' : 'track';
  #run = 0; // counts attempts, so that a late answer knows it is late
  #failures = 0;
  #respawns = 0;
  #retry = 0;
  #watch = 0;
  #liveAt = 0;
  #frameAt = 0;
  #frames = 0;
  #beatAt = 0;
  #ready = false;
  #waiting = false; // for the beat of a posted picture
  #state = '';
  #reason = '';
  #permission = null;
  #codes = new Map();
  #leave = null;

  connectedCallback() {
    this.#leave = new AbortController();
    const { signal } = this.#leave;
    this.#video = this.querySelector('video') ?? this.appendChild(document.createElement('video'));
    Object.assign(this.#video, { muted: true, autoplay: true, playsInline: true });
    navigator.mediaDevices?.addEventListener('devicechange', () => this.#deviceChanged(), { signal });
    document.addEventListener('visibilitychange', () => this.#shown(), { signal });
    this.#followPermission(signal);
    this.#watch = setInterval(() => this.#check(), WATCH_MS);
    this.#start();
  }

  disconnectedCallback() {
    this.#leave?.abort();
    clearInterval(this.#watch);
    this.#release();
    this.#codes.clear();
    this.#failures = 0;
    this.#state = '';
  }

  /** Opens the camera again now, for a button after a refusal. */
  retry() {
    this.#failures = 0;
    if (this.isConnected) this.#start();
  }

  async #start() {
    this.#release();
    const run = this.#run;
    this.#tell('starting', '');
    let stream;
    try {
      if (!navigator.mediaDevices) throw new DOMException('no secure page', 'NotFoundError');
      stream = await navigator.mediaDevices.getUserMedia({
        audio: false,
        video: {
          // Ideal, never exact: many cameras do not say where they look.
          facingMode: { ideal: this.getAttribute('facing') === 'environment' ? 'environment' : 'user' },
          width: { ideal: 1280 },
          height: { ideal: 720 },
          frameRate: { ideal: 30 },
        },
      });
    } catch (error) {
      if (run === this.#run) this.#fail(REFUSALS[error?.name] ?? 'lost', error?.name ?? 'unknown');
      return;
    }
    if (run !== this.#run) {
      stream.getTracks().forEach((track) => track.stop());
      return;
    }
    this.#attach(stream, run);
  }

  #attach(stream, run) {
    const [track] = stream.getVideoTracks();
    this.#stream = stream;
    this.#frameAt = performance.now();
    this.#liveAt = 0;
    track.addEventListener('ended', () => run === this.#run && this.#fail('lost', 'ended'));
    track.addEventListener('mute', () => run === this.#run && this.#tell('lost', 'muted'));
    this.toggleAttribute('mirrored', track.getSettings().facingMode !== 'environment');
    this.#video.srcObject = stream;
    this.#video.play().catch(() => {});
    this.#frames = this.#shownFrames();
    if (this.#video.requestVideoFrameCallback) {
      const next = () => {
        if (run !== this.#run) return;
        this.#frameSeen();
        this.#video.requestVideoFrameCallback(next);
      };
      this.#video.requestVideoFrameCallback(next);
    }
    this.#respawns = 0;
    this.#spawn();
  }

  #frameSeen() {
    const now = performance.now();
    // After a pause in the pictures the worker had nothing to answer for.
    if (now - this.#frameAt > NO_BEAT_MS / 2) this.#beatAt = now;
    this.#frameAt = now;
    this.#liveAt ||= now;
    if (this.#state === 'starting' || (this.#state === 'lost' && this.#reason === 'muted')) this.#tell('live', '');
    if (this.#mode === 'bitmap') this.#postPicture();
  }

  #shownFrames() {
    return this.#video.getVideoPlaybackQuality?.().totalVideoFrames ?? this.#video.currentTime;
  }

  // Gives everything back. The attempt that was running is over.
  #release() {
    this.#run += 1;
    clearTimeout(this.#retry);
    this.#retry = 0;
    this.#dismiss();
    this.#stream?.getTracks().forEach((track) => track.stop());
    this.#stream = null;
    if (this.#video) this.#video.srcObject = null;
  }

  #fail(state, reason) {
    if (this.#liveAt && performance.now() - this.#liveAt > STEADY_MS) this.#failures = 0;
    this.#liveAt = 0;
    this.#release();
    this.#tell(state, reason);
    // Asking again after a refusal would only show the question again; a change of the permission is waited for.
    if (state === 'refused') return;
    const pause = RETRY_MS[Math.min(this.#failures, RETRY_MS.length - 1)];
    this.#failures += 1;
    this.#retry = setTimeout(() => this.#start(), pause);
  }

  #spawn() {
    this.#dismiss();
    if (!this.#stream) return;
    const worker = new Worker(this.getAttribute('worker'));
    this.#worker = worker;
    this.#ready = false;
    this.#waiting = false;
    this.#beatAt = performance.now();
    worker.onmessage = ({ data }) => worker === this.#worker && this.#hear(data);
    worker.onerror = () => worker === this.#worker && this.#replaceWorker();
    worker.postMessage({ decoder: new URL(this.getAttribute('decoder'), document.baseURI).href, module: this.#module });
  }

  #dismiss() {
    this.#worker?.terminate();
    this.#worker = null;
    this.#tap?.stop();
    this.#tap = null;
  }

  #replaceWorker() {
    this.#respawns += 1;
    this.#dismiss();
    if (this.#respawns > 2) this.#tell('frozen', 'decoder');
    const run = this.#run;
    const pause = this.#respawns < 3 ? 0 : RETRY_MS[Math.min(this.#respawns - 3, RETRY_MS.length - 1)];
    setTimeout(() => run === this.#run && !this.#worker && this.#spawn(), pause);
  }

  // A copy of the track feeds the worker: stopping it also ends a stream that a dead worker has left behind.
  #feed() {
    const [track] = this.#stream.getVideoTracks();
    try {
      if (this.#mode === 'stream') {
        this.#tap = track.clone();
        const { readable } = new MediaStreamTrackProcessor({ track: this.#tap, maxBufferSize: 1 });
        this.#worker.postMessage({ stream: readable }, [readable]);
      } else if (this.#mode === 'track') {
        this.#tap = track.clone();
        this.#worker.postMessage({ track: this.#tap }, [this.#tap]);
        this.#tap = null;
      }
    } catch {
      this.#tap?.stop();
      this.#tap = null;
      this.#mode = 'bitmap';
    }
  }

  async #postPicture() {
    if (this.#waiting || !this.#ready) return;
    this.#waiting = true;
    const worker = this.#worker;
    try {
      const frame = await createImageBitmap(this.#video);
      if (worker === this.#worker) worker.postMessage({ frame }, [frame]);
      else frame.close();
      // The worker throws away what comes too early, without a beat.
      setTimeout(() => worker === this.#worker && (this.#waiting = false), 100);
    } catch {
      this.#waiting = false;
    }
  }

  #hear(data) {
    if (data.ready) {
      this.#ready = true;
      this.#module = data.module;
      this.#beatAt = performance.now();
      this.#feed();
    } else if (data.beat) {
      this.#beatAt = performance.now();
      this.#respawns = 0;
      if (this.#state === 'frozen') this.#tell('live', '');
      this.#send('camera-beat', { ms: data.ms });
    } else if (data.text) {
      this.#offer(data.text);
    } else if (data.unsupported) {
      this.#mode = 'bitmap';
    } else if (data.failed || data.ended) {
      // A feed that ends while the camera lives is a matter of the worker.
      this.#replaceWorker();
    }
  }

  // The same code is told once while it is held in front of the camera.
  #offer(text) {
    const now = performance.now();
    const given = Number.parseInt(this.getAttribute('quiet-ms') ?? '', 10);
    const quiet = given >= 0 ? given : QUIET_MS;
    const seen = this.#codes.get(text);
    for (const [code, at] of this.#codes) {
      if (now - at >= quiet) this.#codes.delete(code);
    }
    this.#codes.delete(text);
    this.#codes.set(text, now);
    // The oldest go first: a map keeps the order of insertion.
    while (this.#codes.size > MAX_REMEMBERED) this.#codes.delete(this.#codes.keys().next().value);
    if (seen === undefined || now - seen >= quiet) this.#send('camera-code', { text, at: Date.now() });
  }

  #check() {
    if (!this.#stream || document.visibilityState !== 'visible') return;
    const frames = this.#shownFrames();
    if (frames !== this.#frames) {
      this.#frames = frames;
      if (!this.#video.requestVideoFrameCallback) this.#frameSeen();
    }
    const now = performance.now();
    const sinceFrame = now - this.#frameAt;
    if (sinceFrame > NO_FRAME_MS) {
      this.#fail('frozen', 'no pictures');
    } else if (this.#worker) {
      const limit = this.#ready ? NO_BEAT_MS : READY_MS;
      if (now - this.#beatAt > limit && sinceFrame < NO_BEAT_MS) this.#replaceWorker();
    }
  }

  #deviceChanged() {
    const ended = this.#stream?.getVideoTracks()[0]?.readyState === 'ended';
    if (ended || (!this.#stream && this.#state !== 'refused' && this.#state !== 'starting')) this.retry();
  }

  // A hidden page gets no pictures and slow timers: the clocks begin anew when it is shown.
  #shown() {
    if (document.visibilityState !== 'visible') return;
    this.#frameAt = performance.now();
    this.#beatAt = this.#frameAt;
    const track = this.#stream?.getVideoTracks()[0];
    if (track?.readyState === 'live' && !track.muted) {
      this.#video.play().catch(() => {});
    } else if (this.#state !== 'starting') {
      this.retry();
    }
  }

  async #followPermission(signal) {
    try {
      this.#permission ??= await navigator.permissions.query({ name: 'camera' });
      if (signal.aborted) return;
      const changed = () => {
        if (this.#permission.state !== 'denied' && this.#state === 'refused') this.retry();
      };
      this.#permission.addEventListener('change', changed, { signal });
    } catch {
      // Not every browser tells; retry() and a new look at the page remain.
    }
  }

  #tell(state, reason) {
    if (state === this.#state && reason === this.#reason) return;
    this.#state = state;
    this.#reason = reason;
    this.setAttribute('state', state);
    this.#send('camera-state', { state, reason });
  }

  #send(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { bubbles: true, detail }));
  }
}

customElements.define('kiosk-camera', KioskCamera);
