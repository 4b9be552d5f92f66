import { Agent, request as httpRequest } from 'node:http';

export interface PostResult {
  /** 0 when there was no answer in time. */
  readonly status: number;
  /** Parsed when it is JSON, else text. */
  readonly body: unknown;
  readonly tookMs: number;
}

export interface Post {
  (url: string, init: PostInit): Promise<PostResult>;
  close(): void;
}

interface PostInit {
  readonly body: string | Buffer;
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  readonly timeoutMs: number;
  readonly method?: string;
}

/** Posts to the bot as Feishu does: follows no redirect, gives up after the time-out. Never rejects. */
export function createPost(): Post {
  // A connection for each post: a bot that was restarted must not be met on a dead one.
  const agent = new Agent({ keepAlive: false });
  const post = (url: string, init: PostInit): Promise<PostResult> =>
    new Promise((resolve) => {
      const startedAt = performance.now();
      const done = (status: number, text: string): void =>
        resolve({ status, body: parsed(text), tookMs: performance.now() - startedAt });
      const headers = { ...init.headers, 'content-length': String(Buffer.byteLength(init.body)) };
      const request = httpRequest(url, { method: init.method ?? 'POST', agent, headers }, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () => done(response.statusCode ?? 0, Buffer.concat(chunks).toString('utf8')));
        response.on('error', (error) => done(0, error.message));
      });
      const timer = setTimeout(() => request.destroy(new Error('no answer in time')), init.timeoutMs);
      request.on('close', () => clearTimeout(timer));
      request.on('error', (error) => done(0, error.message));
      request.end(init.body);
    });
  return Object.assign(post, { close: () => agent.destroy() });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
