/** What it is before anyone reads it: method, path, type, encoding, size. */

import { gzipSync } from 'node:zlib';
import { unsigned } from '../../support/seal.ts';
import type { Shot } from '../../support/webhookServer.ts';
import { type Case, type Kit, row } from './row.ts';

const typed =
  (...types: string[]) =>
  ({ withHeaders }: Kit): Shot[] =>
    types.map((type) => withHeaders({ 'content-type': type }));
const at =
  (...paths: string[]) =>
  ({ sealed }: Kit): Shot[] =>
    paths.map((path) => ({ ...sealed, path }));

export const shapes: readonly Case[] = [
  row('C36', '5 MB, not signed', 413, 0, () => [
    unsigned('x'.repeat(5_000_000)),
    { ...unsigned('x'.repeat(5_000_000)), chunked: true },
  ]),
  row('C37', '5 MB, signed', 413, 0, ({ signed, big }) => {
    const shot = signed(big(3_800_000));
    return [shot, { ...shot, chunked: true }];
  }),
  row('C37b', '1 MiB and one byte', 413, 0, ({ signed, goodBody }) => [signed(goodBody.padEnd(1_048_577))]),
  row('C37c', '1 MiB exactly', 200, 1, ({ signed, goodBody }) => [
    { ...signed(goodBody.padEnd(1_048_576)), chunked: true },
  ]),
  row('C52', 'other methods', 405, 0, ({ sealed }) =>
    ['GET', 'HEAD', 'PUT', 'DELETE', 'OPTIONS', 'PATCH'].map((method) => ({ ...sealed, method })),
  ),
  row('C53', 'other paths', 404, 0, at('/', '/webhook', '/webhook/events', '/Webhook/event', '/favicon.ico')),
  row('C54', 'a query string', 200, 1, at('/webhook/event?a=1&a[b]=2')),
  row('C55', 'text', 415, 0, (kit) => [...typed('text/plain')(kit), kit.without('content-type')]),
  row('C56', 'a form', 415, 0, typed('application/x-www-form-urlencoded')),
  row(
    'C57',
    'another charset',
    415,
    0,
    typed('application/json; charset=utf-16', 'application/json;charset=gbk', 'application/json; charset'),
  ),
  row(
    'C57b',
    'the same charset in other words',
    200,
    1,
    typed('application/json', 'Application/JSON;charset="UTF-8"', 'application/json ; charset=utf-8;'),
  ),
  row('C60', 'gzip', 415, 0, ({ goodBody, signed }) => [
    {
      body: gzipSync(goodBody),
      headers: { ...signed(goodBody).headers, 'content-encoding': 'gzip' },
    },
  ]),
  row('C60b', 'other encodings', 415, 0, ({ withHeaders }) =>
    ['br', 'deflate', 'identity, gzip', 'x'].map((encoding) => withHeaders({ 'content-encoding': encoding })),
  ),
  row('C60c', 'not encoded, and said so', 200, 1, ({ withHeaders }) => [
    withHeaders({ 'content-encoding': 'identity' }),
  ]),
  row('C61', 'a gzip bomb', 415, 0, () => [
    {
      body: gzipSync(Buffer.alloc(50_000_000)),
      headers: { 'content-type': 'application/json', 'content-encoding': 'gzip' },
    },
  ]),
  row('W71', '300 headers, a header of 20 KB', 431, 0, ({ withHeaders }) => [
    withHeaders(Object.fromEntries(Array.from({ length: 300 }, (_, n) => [`x-${n}`, '1']))),
    withHeaders({ 'x-long': 'a'.repeat(20_000) }),
    withHeaders({ 'x-lark-request-nonce': '1'.repeat(65_536) }),
  ]),
  row(
    'W94',
    'paths that are nearly right',
    404,
    0,
    at(
      '//webhook/event',
      '/webhook/event/',
      '/webhook/%2e%2e/webhook/event',
      '/webhook/%65vent',
      '/webhook/event%3Fx',
      '/webhook/event;a',
      '/webhook//event',
      '/x/../webhook/event',
    ),
  ),
];
