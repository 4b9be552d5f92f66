import type { Person } from '../nouns.ts';
import type { Handler } from './answers.ts';
import { invalidField, ok, Refusal } from './answers.ts';

/** Fields whose permission is missing are left out. https://open.feishu.cn/document/server-docs/contact-v3/user/get */
export const user: Handler = (call, { world }) => {
  const person = world.personByAnyId(call.params['userId'] ?? '');
  if (person === undefined) throw new Refusal(400, 41012, 'user id invalid error');
  if (person.hidden === true || person.tenantKey !== world.app.tenantKey) {
    throw new Refusal(400, 41050, 'no user authority');
  }
  const has = (scope: string): boolean => world.scopes.has(scope);
  return ok({
    user: {
      open_id: person.openId,
      union_id: person.unionId,
      user_id: has('contact:user.employee_id:readonly') ? person.userId : undefined,
      ...(has('contact:user.base:readonly')
        ? { name: person.name, en_name: '', avatar: { avatar_72: person.avatarUrl ?? '' } }
        : {}),
      email: has('contact:user.email:readonly') ? person.email : undefined,
      mobile: has('contact:user.phone:readonly') ? person.mobile : undefined,
      status: statusJson(person),
    },
  });
};

const statusJson = (person: Person): Record<string, boolean> => ({
  is_frozen: false,
  is_resigned: person.resigned === true,
  is_activated: true,
  is_exited: false,
  is_unjoin: false,
});

/** No user_id means not found. https://open.feishu.cn/document/server-docs/contact-v3/user/batch_get_id */
export const userIds: Handler = (call, { world }) => {
  const emails = texts(call.body.get('emails'));
  const mobiles = texts(call.body.get('mobiles'));
  if (emails.length > 50 || mobiles.length > 50) throw invalidField('emails', 'the max len is 50');
  const by = (test: (person: Person) => boolean): string | undefined =>
    [...world.people.values()].find((person) => test(person) && person.tenantKey === world.app.tenantKey)
      ?.openId;
  return ok({
    user_list: [
      ...emails.map((email) => ({ user_id: by((person) => person.email === email), email })),
      ...mobiles.map((mobile) => ({ user_id: by((person) => person.mobile === mobile), mobile })),
    ],
  });
};

const texts = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : []);
