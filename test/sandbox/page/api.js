/**
 * The control interface under /sandbox/, whose shapes are in ../controlShapes.ts.
 * @typedef {import('../controlShapes.ts').State} State
 * @typedef {import('../controlShapes.ts').StateMessage} StateMessage
 * @typedef {import('../controlShapes.ts').StateChat} StateChat
 * @typedef {import('../controlShapes.ts').StatePerson} StatePerson
 * @typedef {import('../controlShapes.ts').SayInput} SayInput
 * @typedef {import('../controlShapes.ts').SayResult} SayResult
 * @typedef {import('../controlShapes.ts').ClickInput} ClickInput
 * @typedef {import('../controlShapes.ts').ClickResult} ClickResult
 * @typedef {import('../controlShapes.ts').CallRecord} CallRecord
 * @typedef {import('../controlShapes.ts').DeliveryRecord} DeliveryRecord
 * @typedef {import('../controlShapes.ts').LimitFill} LimitFill
 * @typedef {import('../controlShapes.ts').FaultRule} FaultRule
 * @typedef {import('../controlShapes.ts').StreamItem} StreamItem
 */

/**
 * @param {string} path
 * @param {RequestInit} [init]
 * @returns {Promise<unknown>} the JSON answer
 */
async function call(path, init) {
  const answer = await fetch(`/sandbox/${path}`, init);
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${path}: HTTP ${answer.status} ${text.slice(0, 200)}`);
  return text === '' ? {} : JSON.parse(text);
}

/**
 * @param {string} path
 * @param {unknown} body
 */
const post = (path, body) =>
  call(path, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });

/** @returns {Promise<State>} */
export const getState = async () => /** @type {State} */ (await call('state'));

/** @type {(input: SayInput) => Promise<SayResult>} */
export const say = async (input) => /** @type {SayResult} */ (await post('say', input));

/** @type {(input: ClickInput) => Promise<ClickResult>} */
export const click = async (input) => /** @type {ClickResult} */ (await post('click', input));

/** @type {(since: number) => Promise<{ calls: CallRecord[], next: number }>} */
export const getCalls = async (since) =>
  /** @type {{ calls: CallRecord[], next: number }} */ (await call(`ledger?since=${since}`));

/** @type {(since: number) => Promise<{ events: DeliveryRecord[], next: number }>} */
export const getEvents = async (since) =>
  /** @type {{ events: DeliveryRecord[], next: number }} */ (await call(`events?since=${since}`));

/** @returns {Promise<LimitFill[]>} */
export const getLimits = async () => /** @type {{ limits: LimitFill[] }} */ (await call('limits')).limits;

/** @typedef {{ id: string, rule: FaultRule, hits: number }} ActiveFault */

/** @returns {Promise<ActiveFault[]>} */
export const getFaults = async () => /** @type {{ faults: ActiveFault[] }} */ (await call('faults')).faults;

/** @type {(rule: FaultRule) => Promise<unknown>} */
export const addFault = (rule) => post('faults', rule);

/** @type {(id?: string) => Promise<unknown>} Without an id all faults end. */
export const clearFaults = (id) =>
  call(`faults${id === undefined ? '' : `?id=${encodeURIComponent(id)}`}`, { method: 'DELETE' });

/** @type {(key: string) => string} */
export const imageUrl = (key) => `/sandbox/images/${encodeURIComponent(key)}`;

/**
 * Listens to what happens in the sandbox; reconnects by itself.
 * @param {(item: StreamItem) => void} onItem
 * @param {(connected: boolean) => void} onConnection
 */
export function listen(onItem, onConnection) {
  const source = new EventSource('/sandbox/stream');
  source.addEventListener('open', () => onConnection(true));
  source.addEventListener('error', () => onConnection(false));
  source.addEventListener('message', ({ data }) => onItem(/** @type {StreamItem} */ (JSON.parse(data))));
}
