import { z } from 'zod';

/** The sandbox's control interface, as far as the demo needs it. Only HTTP: the sandbox runs in a process of its own. */

const personSchema = z.object({
  openId: z.string(),
  name: z.string(),
  role: z.string(),
  locale: z.string().optional(),
});
const chatSchema = z.object({
  chatId: z.string(),
  name: z.string(),
  type: z.string(),
  members: z.array(z.string()),
  botIn: z.boolean(),
});
const messageSchema = z.object({
  messageId: z.string(),
  chatId: z.string(),
  sender: z.object({ id: z.string(), type: z.string() }),
  msgType: z.string(),
  card: z.unknown(),
  parentId: z.string().optional(),
});
const stateSchema = z.object({
  bot: z.object({ appId: z.string(), openId: z.string(), name: z.string() }),
  people: z.array(personSchema),
  chats: z.array(chatSchema),
  messages: z.array(messageSchema),
});

export type SandboxState = z.infer<typeof stateSchema>;

const saidSchema = z.object({ messageId: z.string(), status: z.number() });

/** What the sandbox says of itself on its first line of output. */
export const readySchema = z.object({
  url: z.string(),
  app: z.object({
    appId: z.string(),
    appSecret: z.string(),
    encryptKey: z.string(),
    verificationToken: z.string(),
    helpdeskId: z.string(),
    helpdeskToken: z.string(),
  }),
});
export type SandboxReady = z.infer<typeof readySchema>;

export interface SandboxClient {
  state(): Promise<SandboxState>;
  /** Tells the sandbox the bot's address; it adds the paths of the two routes. */
  useBot(baseUrl: string): Promise<void>;
  /** A person writes into a chat; the answer is the message's id and the bot's HTTP status, 0 for none. */
  say(input: {
    chat: string;
    person: string;
    text: string;
    mentionBot: 'before';
  }): Promise<z.infer<typeof saidSchema>>;
  /** The bytes of an uploaded picture, or undefined when the sandbox has none under this key. */
  image(imageKey: string): Promise<Uint8Array | undefined>;
}

const callMaxMs = 10_000;

/** Throws an `Error` with the path and the status when the sandbox refuses. */
export function sandboxClient(url: string): SandboxClient {
  async function call(path: string, init: RequestInit = {}): Promise<Response> {
    return fetch(`${url}/sandbox/${path}`, { ...init, signal: AbortSignal.timeout(callMaxMs) });
  }
  async function json(path: string, body?: unknown): Promise<unknown> {
    const headers = { 'content-type': 'application/json' };
    const init = body === undefined ? {} : { method: 'POST', headers, body: JSON.stringify(body) };
    const answer = await call(path, init);
    if (!answer.ok) throw new Error(`the sandbox answered ${answer.status} to /sandbox/${path}`);
    return answer.json();
  }
  return {
    state: async () => stateSchema.parse(await json('state')),
    useBot: async (baseUrl) => {
      await json('webhook', { url: baseUrl });
    },
    say: async (input) => saidSchema.parse(await json('say', input)),
    image: async (imageKey) => {
      const answer = await call(`images/${encodeURIComponent(imageKey)}`);
      return answer.ok ? new Uint8Array(await answer.arrayBuffer()) : undefined;
    },
  };
}
