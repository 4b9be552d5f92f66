import { readFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createRequire } from 'node:module';
import { dirname, extname, join, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('./page/', import.meta.url));

/** What the page takes from packages, each one file: loaded by the page when it is needed. */
const vendor: Readonly<Record<string, () => string>> = {
  'vchart.js': () => {
    const main = createRequire(import.meta.url).resolve('@visactor/vchart');
    return join(dirname(main), '..', 'build', 'index.min.js');
  },
};
const vendorPath = '/page/vendor/';

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
};

/** Serves `/` and `/page/*` from the page's folder, `/page/vendor/*` from the list above, and nothing else. */
export async function serveStatic(
  request: IncomingMessage,
  response: ServerResponse,
  path: string,
): Promise<void> {
  const file = fileOf(path);
  const type = file === undefined ? undefined : types[extname(file)];
  const bytes =
    file === undefined || type === undefined || request.method !== 'GET' ? undefined : await read(file);
  if (bytes === undefined) {
    response.writeHead(404, { 'content-type': 'application/json; charset=utf-8' });
    response.end('{"error":"not found"}');
    return;
  }
  response.writeHead(200, {
    'content-type': type,
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
  });
  response.end(bytes);
}

function fileOf(path: string): string | undefined {
  if (path === '/') return resolve(root, 'index.html');
  if (!path.startsWith('/page/')) return undefined;
  try {
    if (path.startsWith(vendorPath)) return vendorFile(path.slice(vendorPath.length));
    const file = resolve(root, `.${sep}${decodeURIComponent(path.slice('/page/'.length))}`);
    return file.startsWith(root) && !file.includes('\0') ? file : undefined;
  } catch {
    return undefined;
  }
}

/** @throws Error when the package is not installed */
function vendorFile(name: string): string | undefined {
  return Object.hasOwn(vendor, name) ? vendor[name]?.() : undefined;
}

async function read(file: string): Promise<Buffer | undefined> {
  try {
    return await readFile(file);
  } catch {
    return undefined;
  }
}
