/** R: what Feishu answers. */

import { expect } from 'vitest';
import { plain } from '../images/samples.ts';
import type { FaultRule } from '../sandbox/controlShapes.ts';
import { mainTicketId, ticketIds } from '../sandbox/seed.ts';
import { minutes, ticketWriter } from '../sandbox/ticketWriter.ts';
import { raw, showPicture } from './pictures.ts';
import { agent, type Row, type Stage, support } from './stage.ts';

/** An answer to the first call to `endpoint`; the card comes all the same, because the next call is answered as it should be. */
const oddAnswer = (endpoint: string, ...bodies: readonly FaultRule['raw'][]) =>
  async function attempt(stage: Stage): Promise<void> {
    for (const answer of bodies) {
      if (answer === undefined) continue;
      stage.sandbox.fault({ endpoint, times: 1, raw: answer });
      const said = await stage.hear(`/ticket ${mainTicketId}`);
      expect(said).toContain(mainTicketId);
      stage.sandbox.clearFaults();
    }
  };

const json = { 'content-type': 'application/json' };

export const answerRows: readonly Row[] = [
  {
    id: 'R01',
    input: 'a code that is missing, text, or null',
    attempt: oddAnswer(
      'ticket',
      { status: 200, headers: json, body: '{"msg":"ok","data":{}}' },
      { status: 200, headers: json, body: '{"code":"0","data":{}}' },
      { status: 200, headers: json, body: '{"code":null}' },
    ),
  },
  {
    id: 'R02',
    input: 'null, a list, HTML, nothing',
    attempt: oddAnswer(
      'ticketMessages',
      { status: 200, headers: json, body: 'null' },
      { status: 200, headers: json, body: '[]' },
      { status: 200, body: '<html>502</html>' },
      { status: 200, headers: json, body: '' },
    ),
  },
  {
    id: 'R04',
    input: 'a way to another host',
    async attempt(stage) {
      for (const location of ['http://127.0.0.1:9/', 'https://evil.example/', 'file:///etc/passwd']) {
        const elsewhere = raw(302, '', { location });
        await showPicture(stage, await plain('png', 40 + location.length, 5), 'in words', elsewhere);
      }
      expect(await stage.hear(`/ticket ${mainTicketId}`)).toContain(mainTicketId);
    },
  },
  {
    id: 'R05',
    input: 'an answer to a message without the message’s id',
    async attempt(stage) {
      stage.sandbox.fault({
        endpoint: 'messageReply',
        times: 1,
        raw: { status: 200, headers: json, body: '{"code":0,"data":{}}' },
      });
      const { messageId } = await stage.sandbox.say({ chat: support, person: agent, text: '/help' });
      await stage.settle();
      const { ledger } = stage.sandbox;
      expect(
        ledger.callsTo('messageReply').filter(({ params }) => params['messageId'] === messageId).length,
      ).toBeLessThanOrEqual(6);
    },
  },
  {
    id: 'R07',
    input: 'a conversation without an end',
    async attempt(stage) {
      const message = { id: '1', message_type: 'text', content: '{"content":"again"}', created_at: 1 };
      const body = JSON.stringify({
        code: 0,
        data: { total: 1_000_000_000, messages: Array(20).fill(message) },
      });
      stage.sandbox.fault({ endpoint: 'ticketMessages', raw: { status: 200, headers: json, body } });
      const calls = await stage.callsOf(async () =>
        expect(await stage.hear(`/ticket ${ticketIds.english}`)).toContain(ticketIds.english),
      );
      stage.sandbox.clearFaults();
      expect(calls.filter((call) => call === 'ticketMessages').length).toBeLessThanOrEqual(10);
    },
  },
  {
    id: 'R08',
    input: 'a pause of NaN, of less than nothing',
    note: 'Longer ones are cut to a minute: that takes a minute, and is proven with a clock that can be moved.',
    async attempt(stage) {
      for (const reset of ['NaN', '-1', '']) {
        stage.sandbox.fault({
          endpoint: 'ticket',
          times: 1,
          raw: {
            status: 429,
            headers: { ...json, 'x-ogw-ratelimit-reset': reset },
            body: '{"code":99991400,"msg":"request trigger frequency limit"}',
          },
        });
        expect(await stage.hear(`/ticket ${mainTicketId}`)).toContain(mainTicketId);
      }
    },
  },
  {
    id: 'R09',
    input: 'words of Feishu’s that are very long, or commands',
    async attempt(stage) {
      for (const msg of [
        'x'.repeat(60_000),
        '<at id=all></at> [link](https://evil.example)',
        'a\r\n\u001b[2Jb',
      ]) {
        stage.sandbox.fault({ endpoint: 'ticket', times: 1, status: 400, code: 1_234_567, msg });
        const said = await stage.hear(`/ticket ${mainTicketId}`);
        expect(said).not.toMatch(/xxxx|evil|<at|\[2J/);
        expect(said).toContain('1234567');
      }
    },
  },
  {
    id: 'R10',
    input: 'one key for two pictures, and a key that nobody knows',
    async attempt(stage) {
      stage.sandbox.fault({
        endpoint: 'imageUpload',
        times: 2,
        raw: { status: 200, headers: json, body: '{"code":0,"data":{"image_key":"img_v3_nobody-knows-it"}}' },
      });
      const { world } = stage.sandbox;
      const ticket = world.addTicket({ ticket_type: 2, status: 2 });
      const write = ticketWriter(world, ticket);
      for (const side of [51, 52]) {
        const bytes = await plain('png', side, side);
        write.image(world.person('王敏'), minutes(side), {
          bytes: () => bytes,
          contentType: 'image/png',
          deleted: false,
        });
      }
      expect(await stage.hear(`/ticket ${ticket.wire.ticket_id}`)).toContain(ticket.wire.ticket_id);
    },
  },
];
