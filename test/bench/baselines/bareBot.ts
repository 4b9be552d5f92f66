/**
 * The calls of `/ticket <id>` and nothing else: as few in a row as there can be, by Node alone, with a first card like the bot's. It
 * stores, checks and limits nothing. What it needs is what the calls take on this machine.
 */

import { createDecipheriv, hash } from 'node:crypto';
import { Agent, createServer, type IncomingMessage, request } from 'node:http';
import { z } from 'zod';

const env = (name: string): string => process.env[name] ?? '';
const agent = new Agent({ keepAlive: true });
const credential = Buffer.from(`${env('FEISHU_HELPDESK_ID')}:${env('FEISHU_HELPDESK_TOKEN')}`);
let token = '';

async function bytesOf(stream: IncomingMessage): Promise<Buffer<ArrayBuffer>> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks);
}

function call(
  method: string,
  path: string,
  body: Uint8Array = Buffer.alloc(0),
  type = 'application/json',
): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const headers = {
      Authorization: `Bearer ${token}`,
      'X-Lark-Helpdesk-Authorization': credential.toString('base64'),
      ...(method === 'GET' ? {} : { 'Content-Type': type, 'Content-Length': body.byteLength }),
    };
    request(`${env('FEISHU_DOMAIN')}/open-apis/${path}`, { agent, method, headers }, (response) => {
      bytesOf(response).then(resolve, reject);
    })
      .on('error', reject)
      .end(body);
  });
}

const json = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));
const parsed = <T>(shape: z.ZodType<T>, bytes: Uint8Array): T =>
  shape.parse(JSON.parse(Buffer.from(bytes).toString()));

const grant = z.object({ tenant_access_token: z.string() });
const messageList = z.object({
  data: z.object({ messages: z.array(z.object({ id: z.string(), message_type: z.string() })) }),
});
const uploaded = z.object({ data: z.object({ image_key: z.string() }) });
const sent = z.object({ data: z.object({ message_id: z.string() }) });

async function login(): Promise<void> {
  const body = json({ app_id: env('FEISHU_APP_ID'), app_secret: env('FEISHU_APP_SECRET') });
  const answer = await call('POST', 'auth/v3/tenant_access_token/internal', body);
  token = parsed(grant, answer).tenant_access_token;
}

async function imageKeyOf(ticketId: string, messageId: string): Promise<string> {
  const file = await call('GET', `helpdesk/v1/ticket_images?ticket_id=${ticketId}&msg_id=${messageId}`);
  const head = (rest: string): string => `--bare\r\nContent-Disposition: form-data; ${rest}\r\n`;
  const form = Buffer.concat([
    Buffer.from(`${head('name="image_type"')}\r\nmessage\r\n`),
    Buffer.from(`${head('name="image"; filename="image.png"')}Content-Type: image/png\r\n\r\n`),
    file,
    Buffer.from('\r\n--bare--\r\n'),
  ]);
  const answer = await call('POST', 'im/v1/images', form, 'multipart/form-data; boundary=bare');
  return parsed(uploaded, answer).data.image_key;
}

/** A text of the length that a ticket's card has. */
const words = 'The printer on the third floor does not print. '.repeat(80);

function cardOf(imageKeys: readonly string[]): string {
  const pictures = imageKeys.map((img_key) => ({
    tag: 'img',
    img_key,
    alt: { tag: 'plain_text', content: 'p' },
  }));
  return JSON.stringify({
    schema: '2.0',
    config: { update_multi: true },
    body: { elements: [{ tag: 'markdown', content: words }, ...pictures] },
  });
}

async function answer(messageId: string, ticketId: string): Promise<void> {
  const [, messages] = await Promise.all([
    call('GET', `helpdesk/v1/tickets/${ticketId}`),
    call('GET', `helpdesk/v1/tickets/${ticketId}/messages?page=1&page_size=200`),
  ]);
  const pictures = parsed(messageList, messages).data.messages.filter(
    ({ message_type: type }) => type === 'image',
  );
  const loading = Promise.all(pictures.map(({ id }) => imageKeyOf(ticketId, id)));
  const reply = json({ msg_type: 'interactive', content: cardOf([]) });
  const first = parsed(sent, await call('POST', `im/v1/messages/${messageId}/reply`, reply));
  const content = cardOf(await loading);
  await call('PATCH', `im/v1/messages/${first.data.message_id}`, json({ content }));
}

const outer = z.object({ encrypt: z.string() });
const text = z.string().transform((content): unknown => JSON.parse(content));
const delivery = z.object({
  event: z.object({
    message: z.object({ message_id: z.string(), content: text.pipe(z.object({ text: z.string() })) }),
  }),
});

function opened(body: Uint8Array): z.infer<typeof delivery> {
  const sealed = Buffer.from(parsed(outer, body).encrypt, 'base64');
  const key = hash('sha256', env('FEISHU_ENCRYPT_KEY'), 'buffer');
  const decipher = createDecipheriv('aes-256-cbc', key, sealed.subarray(0, 16));
  return parsed(delivery, Buffer.concat([decipher.update(sealed.subarray(16)), decipher.final()]));
}

async function receive(incoming: IncomingMessage): Promise<void> {
  const { message } = opened(await bytesOf(incoming)).event;
  const ticketId = /(\d+)\s*$/.exec(message.content.text)?.[1] ?? '';
  await answer(message.message_id, ticketId);
}

await login();
createServer((incoming, response) => {
  const body = incoming.method === 'POST' ? receive(incoming) : Promise.resolve();
  incoming.once('end', () => response.end('{}'));
  body.catch((error: unknown) => {
    process.stderr.write(`${String(error)}\n`);
  });
  if (incoming.method !== 'POST') incoming.resume();
}).listen(Number(env('PORT')), '127.0.0.1');
