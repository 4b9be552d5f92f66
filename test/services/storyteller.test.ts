import { createServer } from 'node:http';
import nock from 'nock';
import { afterEach, describe, expect, it } from 'vitest';
import { createStoryteller } from '../../src/services/storyteller.ts';
import { memoryLog } from '../support/memoryLog.ts';

const origin = 'https://llm.test';
const config = { baseUrl: `${origin}/v1`, model: 'small', apiKey: 'key-canary-1' };
const transcript = 'Customer: error 809 on VPN\nPerson A: restart it';
const answer = (content: unknown) => ({ choices: [{ message: { role: 'assistant', content } }] });

afterEach(() => {
  nock.cleanAll();
});

function teller(over: Partial<typeof config> | undefined = {}) {
  const log = memoryLog();
  return {
    log,
    storyteller: createStoryteller({
      config: over === undefined ? undefined : { ...config, ...over },
      log: log.log,
    }),
  };
}

describe('the paragraph', () => {
  it('is asked for with the model and the key, and comes back as text', async () => {
    const asked: unknown[] = [];
    nock(origin, { reqheaders: { authorization: 'Bearer key-canary-1' } })
      .post('/v1/chat/completions', (body) => {
        asked.push(body);
        return true;
      })
      .reply(200, answer(' The VPN failed with error 809. An agent asked to restart it. '));
    expect(await teller().storyteller.tell(transcript, 'en_us')).toBe(
      'The VPN failed with error 809. An agent asked to restart it.',
    );
    expect(asked).toMatchObject([
      { model: 'small', messages: [{ role: 'system' }, { role: 'user', content: transcript }] },
    ]);
  });

  it('needs no key where the server wants none', async () => {
    const scope = nock(origin, { badheaders: ['authorization'] })
      .post('/v1/chat/completions')
      .reply(200, answer('Yes.'));
    const { storyteller } = {
      storyteller: createStoryteller({ config: { ...config, apiKey: undefined }, log: memoryLog().log }),
    };
    expect(await storyteller.tell(transcript, 'zh_cn')).toBe('Yes.');
    expect(scope.isDone()).toBe(true);
  });

  it('loses the sentences with numbers that nobody said', async () => {
    nock(origin)
      .post('/v1/chat/completions')
      .reply(200, answer('Error 809 came up. It took 45 minutes. 已重启。等了３小时。'));
    expect(await teller().storyteller.tell(transcript, 'en_us')).toBe('Error 809 came up. 已重启。');
  });

  it.each([
    ['an error', 500, { error: 'no' }],
    ['a refusal', 401, {}],
    ['another shape', 200, { choices: [] }],
    ['no text', 200, answer(null)],
    ['nothing to say', 200, answer('  ')],
    ['only numbers of its own', 200, answer('It took 99 days.')],
    ['no JSON', 200, 'hello'],
  ])('is left out after %s', async (_, status, body) => {
    nock(origin).post('/v1/chat/completions').reply(status, body);
    expect(await teller().storyteller.tell(transcript, 'en_us')).toBeUndefined();
  });

  it('is left out when the server is gone or sends too much', async () => {
    nock(origin).post('/v1/chat/completions').replyWithError('reset');
    const { storyteller, log } = teller();
    expect(await storyteller.tell(transcript, 'en_us')).toBeUndefined();
    nock(origin)
      .post('/v1/chat/completions')
      .reply(200, answer('x'.repeat(300_000)));
    expect(await storyteller.tell(transcript, 'en_us')).toBeUndefined();
    expect(log.lines.join('')).not.toMatch(/key-canary-1|error 809/);
  });

  it('goes nowhere else, whatever the server says', async () => {
    const visited: string[] = [];
    const server = createServer((request, response) => {
      visited.push(request.url ?? '');
      response.writeHead(307, { location: '/elsewhere' });
      response.end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    const { storyteller } = teller({ baseUrl: `http://127.0.0.1:${address.port}/v1` });
    expect(await storyteller.tell(transcript, 'en_us')).toBeUndefined();
    server.close();
    expect(visited).toEqual(['/v1/chat/completions']);
  });

  it('is never asked for when nothing is configured', async () => {
    const storyteller = createStoryteller({ config: undefined, log: memoryLog().log });
    expect(storyteller.isOn).toBe(false);
    expect(await storyteller.tell(transcript, 'en_us')).toBeUndefined();
  });
});
