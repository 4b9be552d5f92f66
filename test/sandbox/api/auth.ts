import { sizes } from '../rules.ts';
import type { Handler } from './answers.ts';

/**
 * A token lives two hours. With 30 minutes or more left the same one is answered again; with less, a new one, and both hold.
 * Wrong credentials answer HTTP 200 with a code.
 * https://open.feishu.cn/document/server-docs/authentication-management/access-token/tenant_access_token_internal
 */
export const tenantToken: Handler = (call, desk) => {
  const { world } = desk;
  if (call.body.get('app_id') !== world.app.appId)
    return { status: 200, json: { code: 10003, msg: 'invalid param' } };
  if (call.body.get('app_secret') !== desk.appSecret) {
    return { status: 200, json: { code: 10014, msg: 'app secret invalid' } };
  }
  const newest = world.tokens.at(-1);
  const leftMs = newest === undefined || newest.revoked ? 0 : newest.expiresAtMs - world.now();
  const token =
    newest !== undefined && leftMs >= sizes.tokenRenewBelowMs ? newest : world.issueToken(sizes.tokenLifeMs);
  const expire = Math.ceil((token.expiresAtMs - world.now()) / 1_000);
  return { status: 200, json: { code: 0, msg: 'ok', tenant_access_token: token.value, expire } };
};

/** https://open.feishu.cn/document/ukTMukTMukTM/uAjMxEjLwITMx4CMyETM : the bot stands at the top level. */
export const botInfo: Handler = (_call, { world, botName }) => ({
  status: 200,
  json: {
    code: 0,
    msg: 'ok',
    bot: {
      activate_status: world.settings.botOn ? 2 : 1,
      app_name: botName,
      avatar_url: 'https://s1-imfile.feishucdn.com/static-resource/v1/bot.png',
      ip_white_list: [],
      open_id: world.app.botOpenId,
    },
  },
});
