import { describe, expect, it } from 'vitest';
import { decrypt, encrypt, seal, sign } from './seal.ts';

// https://open.feishu.cn/document/event-subscription-guide/event-subscriptions/event-subscription-configure-/encrypt-key-encryption-configuration-case
describe('the sealing of events', () => {
  const challenge = '{"challenge":"ajls384kdjx98XX","token":"xxxxxx","type":"url_verification"}';
  const sealed =
    'AAECAwQFBgcICQoLDA0ODw9mLTIAZS9jAmGTQ1wAhHpnBHVL2wRjH9rPunQdQC1vLjsckayA10kZ8cPwtb62F8rC7JprUPR/4S2aZihfR+p8npX7UzWPithZmfKIPZgE';

  it('opens the ciphertext of the documentation', () => {
    expect(decrypt('test key', 'P37w+VZImNgPEO1RBhJ6RtKl7n6zymIbEG1pReEzghk=')).toBe('hello world');
  });

  it('encrypts to known bytes under a known iv', () => {
    expect(encrypt('test key', challenge, Buffer.from([...Array(16).keys()]))).toBe(sealed);
    expect(decrypt('test key', sealed)).toBe(challenge);
  });

  it('signs timestamp, nonce, key and raw body', () => {
    expect(sign('test key', '1700000000', 'nonce-1', `{"encrypt":"${sealed}"}`)).toBe(
      '5cd56f9b3a471a107f254ba7cf939d622a192cb43f1891f1b340aa2cdde7e191',
    );
  });

  it('signs the very bytes that it posts, with the time in seconds', () => {
    const { body, headers } = seal('test key', 1_700_000_000_999, { a: '工单' });
    expect(headers['x-lark-request-timestamp']).toBe('1700000000');
    const nonce = headers['x-lark-request-nonce'] ?? '';
    expect(headers['x-lark-signature']).toBe(sign('test key', '1700000000', nonce, body));
    expect(decrypt('test key', JSON.parse(body).encrypt)).toBe('{"a":"工单"}');
  });

  it('leaves the signature out where Feishu does', () => {
    expect(Object.keys(seal('test key', 0, {}, { signed: false }).headers)).toEqual(['content-type']);
  });
});
