/**
 * What `/ticket <id>` is with the SDK alone, in two ways: `sequential` makes one call after the other, `together` makes
 * all that it can at once and knows no limits. Neither remembers anything, checks who asks, or survives a crash. The event comes
 * through the SDK's own express adapter.
 */

import * as sdk from '@larksuiteoapi/node-sdk';
import express from 'express';
import { z } from 'zod';

const env = (name: string): string => process.env[name] ?? '';
const together = process.argv[2] === 'together';
const client = new sdk.Client({
  appId: env('FEISHU_APP_ID'),
  appSecret: env('FEISHU_APP_SECRET'),
  domain: env('FEISHU_DOMAIN'),
  loggerLevel: sdk.LoggerLevel.error,
});
const credential = Buffer.from(`${env('FEISHU_HELPDESK_ID')}:${env('FEISHU_HELPDESK_TOKEN')}`);
const helpdesk = { headers: { 'X-Lark-Helpdesk-Authorization': credential.toString('base64') } };

const content = z.string().transform((text): unknown => JSON.parse(text));
const upload = z.object({ data: z.object({ image_key: z.string() }) });
const picture = z.object({ id: z.string(), message_type: z.string() });

async function imageKeyOf(ticket_id: string, msg_id: string): Promise<string> {
  const file = await client.helpdesk.ticket.ticketImage({ params: { ticket_id, msg_id } }, helpdesk);
  const chunks: Uint8Array[] = [];
  for await (const chunk of file.getReadableStream()) chunks.push(chunk);
  // The SDK's own upload sends a Buffer without a file name.
  const form = new FormData();
  form.append('image_type', 'message');
  form.append('image', new Blob(chunks), 'image.png');
  const uploaded: unknown = await sdk.defaultHttpInstance.request({
    method: 'POST',
    url: `${env('FEISHU_DOMAIN')}/open-apis/im/v1/images`,
    data: form,
    headers: { Authorization: `Bearer ${await client.tokenManager.getTenantAccessToken()}` },
  });
  return upload.parse(uploaded).data.image_key;
}

async function answer(messageId: string, ticketId: string): Promise<void> {
  const path = { ticket_id: ticketId };
  const readTicket = () => client.helpdesk.ticket.get({ path }, helpdesk);
  const readMessages = () =>
    client.helpdesk.ticketMessage.list({ path, params: { page: 1, page_size: 200 } }, helpdesk);
  const [ticket, messages] = together
    ? await Promise.all([readTicket(), readMessages()])
    : [await readTicket(), await readMessages()];
  const pictures = z
    .array(picture)
    .parse(messages.data?.messages)
    .filter(({ message_type }) => message_type === 'image');
  const keys: string[] = [];
  if (together) keys.push(...(await Promise.all(pictures.map(({ id }) => imageKeyOf(ticketId, id)))));
  else for (const { id } of pictures) keys.push(await imageKeyOf(ticketId, id));
  const elements = [
    { tag: 'markdown', content: `Ticket ${ticket.data?.ticket?.ticket_id}` },
    ...keys.map((img_key) => ({ tag: 'img', img_key, alt: { tag: 'plain_text', content: 'picture' } })),
  ];
  const card = { schema: '2.0', body: { elements } };
  await client.im.message.reply({
    path: { message_id: messageId },
    data: { msg_type: 'interactive', content: JSON.stringify(card) },
  });
}

const text = content.pipe(z.object({ text: z.string() }));
const dispatcher = new sdk.EventDispatcher({
  encryptKey: env('FEISHU_ENCRYPT_KEY'),
  loggerLevel: sdk.LoggerLevel.error,
}).register({
  'im.message.receive_v1': ({ message }) => {
    const ticketId = /(\d+)\s*$/.exec(text.parse(message.content).text)?.[1] ?? '';
    answer(message.message_id, ticketId).catch((error: unknown) => {
      process.stderr.write(`${String(error)}\n`);
    });
  },
});

const app = express();
app.get('/', (_request, response) => {
  response.send('ready');
});
app.use(express.json());
app.use('/webhook/event', sdk.adaptExpress(dispatcher));
app.listen(Number(env('PORT')), '127.0.0.1');
