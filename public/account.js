// What HTML cannot do on account pages: passkeys, and the strength of a password while it is typed.
const decode = (text) => Uint8Array.from(atob(text.replace(/-/g, '+').replace(/_/g, '/')), (c) => c.charCodeAt(0));
const encode = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '');

// Browsers refuse passkeys at addresses that are no names.
const canUsePasskeys = () => window.PublicKeyCredential && !/^[\d.]+$|:/.test(location.hostname);

async function post(url, body) {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/json' },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(response.status);
  return response.json();
}

class PasskeyButton extends HTMLElement {
  connectedCallback() {
    if (!canUsePasskeys()) return;
    const button = this.querySelector('button');
    button.hidden = false;
    button.addEventListener('click', async () => {
      const problem = this.querySelector('.error');
      problem.textContent = '';
      problem.setAttribute('role', 'alert');
      button.disabled = true;
      try {
        location.assign(await this.signIn());
      } catch {
        problem.textContent = this.dataset.failed;
        button.disabled = false;
      }
    });
  }

  async signIn() {
    const { challenge, host } = await post('/sign-in/passkey/challenge', {});
    const publicKey = { challenge: decode(challenge), rpId: host, userVerification: 'required' };
    const { rawId, response } = await navigator.credentials.get({ publicKey });
    const { next } = await post('/sign-in/passkey', {
      id: encode(rawId),
      authenticator_data: encode(response.authenticatorData),
      client_data: encode(response.clientDataJSON),
      signature: encode(response.signature),
      next: this.dataset.next,
    });
    return next;
  }
}

class PasskeyForm extends HTMLElement {
  connectedCallback() {
    if (!canUsePasskeys()) return;
    this.hidden = false;
    const form = this.querySelector('form');
    form.addEventListener('submit', async (event) => {
      event.preventDefault();
      const problem = this.querySelector('.error');
      problem.textContent = '';
      problem.setAttribute('role', 'alert');
      try {
        location.assign(await this.add(new FormData(form)));
      } catch (error) {
        problem.textContent = error.message === '422' ? this.dataset.password : this.dataset.failed;
      }
    });
  }

  async add(data) {
    const made = await post('/me/security/passkeys/challenge', { present_password: data.get('present_password') });
    const { rawId, response } = await navigator.credentials.create({
      publicKey: {
        challenge: decode(made.challenge),
        rp: { id: made.host, name: 'Régie' },
        user: { id: decode(made.user), name: made.email, displayName: made.name },
        pubKeyCredParams: made.algorithms.map((alg) => ({ type: 'public-key', alg })),
        excludeCredentials: made.known.map((id) => ({ type: 'public-key', id: decode(id) })),
        authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
        attestation: 'none',
      },
    });
    const { next } = await post('/me/security/passkeys', {
      id: encode(rawId),
      public_key: encode(response.getPublicKey()),
      authenticator_data: encode(response.getAuthenticatorData()),
      client_data: encode(response.clientDataJSON),
      name: data.get('passkey_name'),
    });
    return next;
  }
}

// Says what would make the password better. The server decides: it knows lists of passwords, too.
class PasswordStrength extends HTMLElement {
  connectedCallback() {
    const form = this.closest('form');
    const field = form.querySelector('[autocomplete=new-password]');
    const meter = document.createElement('meter');
    const words = document.createElement('p');
    Object.assign(meter, { min: 0, max: 4, low: 2, high: 3, optimum: 4 });
    meter.setAttribute('aria-hidden', 'true');
    words.className = 'help';
    words.setAttribute('role', 'status');
    field.addEventListener('input', () => {
      this.hidden = field.value === '';
      const [score, text] = this.judge(field.value, form);
      meter.value = score;
      words.textContent = text;
    });
    this.hidden = true;
    this.append(meter, words);
  }

  judge(password, form) {
    const { least, short, own, same, good } = this.dataset;
    const letters = [...password.toLowerCase()];
    if (letters.length < Number(least)) return [1, short.replace('#', Number(least) - letters.length)];
    const typed = [...form.querySelectorAll('[autocomplete=name], [type=email]')].map((field) => field.value.toLowerCase());
    const parts = typed.join(' ').split(/[^\p{L}\p{N}]+/u).filter((part) => part.length > 3);
    const rest = parts.reduce((text, part) => text.replaceAll(part, ''), password.toLowerCase());
    if (rest.length < 10) return [2, own];
    if (new Set(letters).size < 7) return [2, same];
    return [letters.length < 20 ? 3 : 4, good];
  }
}

customElements.define('passkey-button', PasskeyButton);
customElements.define('passkey-form', PasskeyForm);
customElements.define('password-strength', PasswordStrength);
