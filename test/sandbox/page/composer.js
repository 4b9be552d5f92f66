import { h, icon } from './dom.js';
import { summaryOf } from './messages.js';

/**
 * The typing box. It is made once per place, so that a draft outlives every redraw around it.
 * @typedef {import('./app.js').App} App
 */

/** What there is to try; the ticket is one of the sandbox's seeded ones. */
const EXAMPLES = ['/ticket 6626871355780366331', '/tickets', '/summary 7d', '/faq VPN', '/oncall', '/help'];
const HEIGHT_MAX_PX = 160;

/**
 * @param {HTMLElement} box
 * @param {() => App} getApp
 * @param {'chat' | 'thread'} place
 * @returns {{ show: () => void, focus: () => void }}
 */
export function composer(box, getApp, place) {
  let mention = true;
  const input = h('textarea', { rows: 1, class: 'composer-input', maxlength: 20_000, enterkeyhint: 'send' });
  const send = h('button', { type: 'submit', class: 'send' }, icon('send'));
  const toggle = h('button', { type: 'button', class: 'mention-toggle' }, icon('bot'), h('span'));
  const reply = h('div', { class: 'reply-chip', hidden: true });
  const examples = h('div', { class: 'examples' });
  const form = h(
    'form',
    { class: 'composer' },
    reply,
    examples,
    h('div', { class: 'composer-line' }, toggle, input, send),
  );
  box.replaceChildren(form);

  const grow = () => {
    input.style.height = 'auto';
    input.style.height = `${Math.min(HEIGHT_MAX_PX, input.scrollHeight)}px`;
    send.disabled = input.value.trim() === '';
    examples.hidden = place === 'thread' || input.value !== '';
  };
  const submit = async () => {
    const app = getApp();
    const text = input.value.trim();
    if (text === '') return;
    input.value = '';
    grow();
    const inThread = place === 'thread';
    const replyTo = inThread ? app.threadRoot : app.replying;
    app.replyTo(undefined);
    await app.send(text, { mention: mention && !toggle.hidden, replyTo, inThread });
  };
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    void submit();
  });
  input.addEventListener('input', grow);
  input.addEventListener('keydown', (event) => {
    // Enter that ends the choice of a Chinese or Japanese word is not the end of the message.
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing || event.keyCode === 229) return;
    event.preventDefault();
    void submit();
  });
  toggle.addEventListener('click', () => {
    mention = !mention;
    show();
    input.focus();
  });

  const show = () => {
    const app = getApp();
    const chat = app.chat();
    const label =
      place === 'thread' ? app.t('replyInThread') : app.t(chat?.type === 'topic' ? 'newTopic' : 'message');
    input.placeholder = label;
    input.setAttribute('aria-label', label);
    send.setAttribute('aria-label', app.t('send'));
    toggle.hidden = chat?.type === 'p2p' || chat?.botIn === false;
    toggle.title = app.t('mentionHint');
    toggle.setAttribute('aria-pressed', String(mention));
    toggle.querySelector('span')?.replaceChildren(app.t('mention'));
    showReply(reply, place === 'thread' ? undefined : app.replying, app);
    examples.replaceChildren(
      ...EXAMPLES.map((text) => h('button', { type: 'button', click: () => fill(text) }, text)),
    );
    grow();
  };
  const fill = (/** @type {string} */ text) => {
    input.value = text;
    grow();
    input.focus();
  };
  return { show, focus: () => input.focus({ preventScroll: true }) };
}

/** @type {(chip: HTMLElement, messageId: string | undefined, app: App) => void} */
function showReply(chip, messageId, app) {
  const message = app.state.messages.find((one) => one.messageId === messageId);
  chip.hidden = message === undefined;
  if (message === undefined) return;
  chip.replaceChildren(
    icon('reply'),
    h('span', {}, `${app.t('replyTo')} ${message.sender.name}: ${summaryOf(message, app)}`),
    h(
      'button',
      {
        type: 'button',
        class: 'icon-button',
        'aria-label': app.t('cancel'),
        click: () => app.replyTo(undefined),
      },
      icon('close'),
    ),
  );
}
