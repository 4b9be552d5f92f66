import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inspectPicture } from './pictureFormat.ts';
import { type Sandbox, startSandbox } from './sandbox.ts';
import { mainTicketId, ticketIds, veryLongCount } from './seed.ts';

let sandbox: Sandbox;

beforeAll(async () => {
  sandbox = await startSandbox();
});
afterAll(() => sandbox.close());

const picturesOf = (id: string) =>
  sandbox.world.tickets.get(id)?.messages.flatMap(({ pictures }) => pictures) ?? [];

describe('the demo world', () => {
  it('has the ticket that the demo asks for: pictures, an owner, tags, fields, a late reply', () => {
    const ticket = sandbox.world.tickets.get(mainTicketId);
    const shapes = ticket?.messages
      .filter(({ pictures }) => pictures.length > 0)
      .map(({ type, pictures }) => [type, pictures.length]);
    expect(shapes).toEqual([
      ['image', 1],
      ['post', 2],
      ['image', 1],
    ]);
    expect(ticket?.wire).toMatchObject({
      ticket_type: 2,
      status: 2,
      agent_owner: { name: '林晓' },
      tags: [{}, {}],
    });
    const urgency = ticket?.wire.customized_fields?.find(({ key_name }) => key_name === 'urgency')?.value;
    const options = sandbox.world.fields.find(({ keyName }) => keyName === 'urgency')?.options;
    expect(options?.find(({ tag }) => tag === urgency)?.display_name).toBe('高：影响月结');
    expect(Date.now() - (ticket?.wire.agent_last_response_time ?? 0)).toBeLessThan(600_000);
  });

  it('has every kind of ticket', () => {
    expect(sandbox.world.tickets.size).toBe(Object.keys(ticketIds).length + 1);
    expect(sandbox.world.tickets.get(ticketIds.veryLong)?.messages).toHaveLength(veryLongCount);
    expect(sandbox.world.tickets.get(ticketIds.noMessages)?.messages).toHaveLength(0);
    expect(
      JSON.stringify(sandbox.world.tickets.get(ticketIds.hostile)?.messages.map(({ content }) => content)),
    ).toContain('<at id=all>');
  });

  it('has messages in the order of time, the last in the past', () => {
    for (const { messages } of sandbox.world.tickets.values()) {
      const times = messages.map(({ createdAtMs }) => createdAtMs);
      expect(times).toEqual([...times].sort((a, b) => a - b));
      expect(times.every((atMs) => atMs < Date.now())).toBe(true);
    }
  });

  it('draws real pictures under 80 KB, of the type that they claim', async () => {
    const types = new Set<string>();
    const all = [
      ...Object.values({ ...ticketIds, mainTicketId }).flatMap(picturesOf),
      ...[...sandbox.world.faqs.values()].flatMap(({ images }) => [...images.values()]),
    ];
    for (const picture of all) {
      const bytes = await picture.bytes();
      expect(inspectPicture(bytes)?.contentType).toBe(picture.contentType);
      expect(bytes.length).toBeLessThan(80 * 1024);
      types.add(picture.contentType);
    }
    expect([...types].sort()).toEqual(['image/gif', 'image/jpeg', 'image/png']);
    expect(all.length).toBeGreaterThanOrEqual(20);
  });
});
