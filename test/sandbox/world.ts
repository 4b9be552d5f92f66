import { createHash } from 'node:crypto';
import { newImageKey, newToken } from './ids.ts';
import type { Settings, TenantToken, UploadedImage } from './nouns.ts';
import { createChats } from './worldChats.ts';
import { createHelpdesk } from './worldHelpdesk.ts';

/** The permissions that a well set-up app has. https://open.feishu.cn/document/server-docs/application-scope/scope-list */
const grantedScopes = [
  'helpdesk:all:readonly',
  'im:message',
  'im:message:send_as_bot',
  'im:message:update',
  'im:message.p2p_msg:readonly',
  'im:message.group_at_msg:readonly',
  'im:message.urgent',
  'im:message.urgent:sms',
  'im:message.urgent:phone',
  'im:message.pins:write_only',
  'im:message.pins:read',
  'im:message.reactions:write_only',
  'im:message.group_msg',
  'im:resource',
  'im:chat:readonly',
  'contact:contact.base:readonly',
  'contact:user.base:readonly',
  'contact:user.email:readonly',
  'contact:user.id:readonly',
];

const defaultSettings: Settings = { ticketImageId: 'id', ticketMessageOrder: 'oldest', botOn: true };

interface WorldApp {
  readonly appId: string;
  readonly botOpenId: string;
  readonly helpdeskId: string;
  readonly tenantKey: string;
}

/** Everything that Feishu's side remembers. Tests may change any map or any thing in it directly. */
export type World = ReturnType<typeof createWorld>;

/** An empty world with one bot and one helpdesk. `now` answers wall-clock milliseconds. */
export function createWorld(app: WorldApp, now: () => number) {
  const chats = createChats(app.tenantKey, now);
  const helpdesk = createHelpdesk(app.helpdeskId, now);
  const images = new Map<string, UploadedImage>();
  const tokens: TenantToken[] = [];
  const scopes = new Set(grantedScopes);
  const settings = { ...defaultSettings };

  return {
    app,
    now,
    ...chats,
    ...helpdesk,
    images,
    tokens,
    scopes,
    settings,

    addImage(input: Omit<UploadedImage, 'imageKey' | 'sha256' | 'deleted' | 'byThisApp'>): UploadedImage {
      const sha256 = createHash('sha256').update(input.bytes).digest('hex');
      const image: UploadedImage = {
        imageKey: newImageKey(),
        ...input,
        sha256,
        deleted: false,
        byThisApp: true,
      };
      images.set(image.imageKey, image);
      return image;
    },

    /** A new token; older ones keep their own end. */
    issueToken(lifeMs: number): TenantToken {
      const token: TenantToken = { value: newToken(), expiresAtMs: now() + lifeMs, revoked: false };
      tokens.push(token);
      return token;
    },
    /** Kills every token that was handed out: the next calls answer 99991663. */
    revokeTokens(): void {
      for (const token of tokens) token.revoked = true;
    },

    /** Takes a permission away: calls that need it answer 99991672. */
    revokeScope: (scope: string): boolean => scopes.delete(scope),
    grantScope: (scope: string): unknown => scopes.add(scope),

    /** Forgets everything but the tokens that were handed out. */
    clear(): void {
      const { people, messages, resources, notifications } = chats;
      const { tickets, faqs, categories, schedules, fields, subscriptions } = helpdesk;
      for (const map of [people, chats.chats, messages, resources, tickets, faqs, categories, images])
        map.clear();
      for (const list of [schedules, fields, notifications]) list.length = 0;
      subscriptions.clear();
      scopes.clear();
      for (const scope of grantedScopes) scopes.add(scope);
      Object.assign(settings, defaultSettings);
    },
  };
}
