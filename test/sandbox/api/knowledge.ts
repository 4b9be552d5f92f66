import type { Category, Faq, FieldDefinition, Schedule } from '../nouns.ts';
import type { World } from '../world.ts';
import type { Handler } from './answers.ts';
import { helpdeskRefusal, invalidField, ok, pageOf, queryText } from './answers.ts';
import { pictureAnswer } from './tickets.ts';

const bad = helpdeskRefusal.badRequest;

function userJson(world: World, openId: string, more: Record<string, unknown> = {}): Record<string, unknown> {
  const person = world.people.get(openId);
  return {
    id: openId,
    avatar_url: person?.avatarUrl ?? '',
    name: person?.name ?? '',
    department: person?.department ?? '',
    ...more,
  };
}

const categoryJson = (world: World, category: Category): Record<string, unknown> => ({
  category_id: category.id,
  id: category.id,
  name: category.name,
  parent_id: category.parentId,
  helpdesk_id: world.app.helpdeskId,
  language: category.language,
});

function faqJson(world: World, faq: Faq): Record<string, unknown> {
  const category = world.categories.get(faq.categoryId);
  const author = userJson(world, faq.author, { city: '', country: '' });
  return {
    faq_id: faq.id,
    id: faq.id,
    helpdesk_id: world.app.helpdeskId,
    question: faq.question,
    answer: faq.answer,
    answer_richtext: faq.richText,
    create_time: faq.createdAtSec,
    update_time: faq.updatedAtSec,
    categories: category === undefined ? [] : [categoryJson(world, category)],
    tags: faq.tags,
    expire_time: faq.expireAtSec,
    update_user: author,
    create_user: author,
  };
}

const online = (world: World): Faq[] => [...world.faqs.values()].filter((faq) => faq.status === '1');

/** https://open.feishu.cn/document/server-docs/helpdesk-v1/faq-management/faq/list */
export const faqs: Handler = (call, { world }) => {
  const category = queryText(call, 'category_id');
  const status = queryText(call, 'status');
  const search = queryText(call, 'search');
  const matching = [...world.faqs.values()].filter(
    (faq) =>
      (category === undefined || faq.categoryId === category) &&
      (status === undefined || faq.status === status) &&
      (search === undefined || faq.question.includes(search) || faq.tags.some((tag) => tag.includes(search))),
  );
  const { items, size, hasMore, token } = pageOf(call, matching, 100, bad);
  return ok({
    has_more: hasMore,
    page_token: token,
    page_size: size,
    total: matching.length,
    items: items.map((faq) => faqJson(world, faq)),
  });
};

/** https://open.feishu.cn/document/server-docs/helpdesk-v1/faq-management/faq/get */
export const faq: Handler = (call, { world }) => {
  const found = world.faqs.get(call.params['faqId'] ?? '');
  if (found === undefined || found.status === '2') throw helpdeskRefusal.notFound();
  return ok({ faq: faqJson(world, found) });
};

/** `base64=true` says that the query is base64. https://open.feishu.cn/document/server-docs/helpdesk-v1/faq-management/faq/search */
export const faqSearch: Handler = (call, { world }) => {
  const given = queryText(call, 'query');
  if (given === undefined || given === '') throw bad();
  const query = queryText(call, 'base64') === 'true' ? Buffer.from(given, 'base64').toString('utf8') : given;
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  const matching = online(world).filter((one) => {
    const text = [one.question, one.answer, ...one.tags].join('\n').toLowerCase();
    return words.every((word) => text.includes(word));
  });
  const { items, hasMore, token } = pageOf(call, matching, 100, bad);
  return ok({ has_more: hasMore, page_token: token, items: items.map((one) => faqJson(world, one)) });
};

/** https://open.feishu.cn/document/server-docs/helpdesk-v1/faq-management/faq/faq_image */
export const faqImage: Handler = (call, { world }) => {
  const picture = world.faqs.get(call.params['faqId'] ?? '')?.images.get(call.params['imageKey'] ?? '');
  if (picture === undefined) throw helpdeskRefusal.notFound();
  return pictureAnswer(picture);
};

/** https://open.feishu.cn/document/server-docs/helpdesk-v1/faq-management/category/list-categories */
export const categories: Handler = (_call, { world }) => {
  const tree = (parentId: string): Record<string, unknown>[] =>
    [...world.categories.values()]
      .filter((category) => category.parentId === parentId)
      .map((category) => ({ ...categoryJson(world, category), children: tree(category.id) }));
  return ok({ categories: tree('0') });
};

const fieldJson = (world: World, field: FieldDefinition): Record<string, unknown> => ({
  ticket_customized_field_id: field.id,
  helpdesk_id: world.app.helpdeskId,
  key_name: field.keyName,
  display_name: field.displayName,
  position: field.position,
  field_type: field.fieldType,
  description: field.description,
  visible: field.visible,
  editable: field.editable,
  required: field.required,
  created_at: String(field.createdAtMs),
  updated_at: String(field.createdAtMs),
  dropdown_allow_multiple: field.options === undefined ? undefined : false,
});

/** https://open.feishu.cn/document/server-docs/helpdesk-v1/ticket-management/ticket/customized_fields */
export const legacyFields: Handler = (call, { world }) => {
  const visibleOnly = queryText(call, 'visible_only') === 'true';
  const shown = world.fields.filter((field) => field.visible || !visibleOnly);
  return ok({
    user_customized_fields: [],
    ticket_customized_fields: shown.map((field) => fieldJson(world, field)),
  });
};

/** https://open.feishu.cn/document/server-docs/helpdesk-v1/ticket-management/ticket_customized_field/list-ticket-customized-fields */
export const customizedFields: Handler = (call, { world }) => {
  const { items, hasMore, token } = pageOf(call, world.fields, 100, bad);
  return ok({
    has_more: hasMore,
    next_page_token: token,
    items: items.map((field) => ({
      ...fieldJson(world, field),
      dropdown_options: field.options === undefined ? undefined : { children: field.options },
    })),
  });
};

/** `status` must be given, once or more. https://open.feishu.cn/document/server-docs/helpdesk-v1/agent-function/agent-schedules/list */
export const agentSchedules: Handler = (call, { world }) => {
  const wanted = call.query['status'] ?? [];
  if (wanted.length === 0 || !wanted.every((status) => /^[1-4]$/.test(status))) throw bad();
  const shown = world.schedules.filter((schedule) => wanted.includes(String(schedule.status)));
  return ok({ agent_schedules: shown.map((schedule) => scheduleJson(world, schedule)) });
};

const scheduleJson = (world: World, schedule: Schedule): Record<string, unknown> => ({
  status: schedule.status,
  agent: userJson(world, schedule.openId, {
    email: world.people.get(schedule.openId)?.email ?? '',
    company_name: '云帆科技',
  }),
  schedule: schedule.hours,
  agent_skills: schedule.skills,
});

/** `type` and `subtype` stand apart. https://open.feishu.cn/document/server-docs/helpdesk-v1/event/subscribe */
export const eventsSubscribe: Handler = (call, { world }) => {
  const events = call.body.get('events');
  if (!Array.isArray(events)) throw invalidField('events', 'events is required');
  for (const event of events) {
    const { type, subtype } = subscription(event);
    if (!['helpdesk.ticket', 'helpdesk.ticket_message'].includes(type) || !subtype.startsWith('ticket'))
      throw bad();
    world.subscriptions.add(`helpdesk.${subtype}`);
  }
  return ok({});
};

function subscription(event: unknown): { type: string; subtype: string } {
  const fields = new Map(typeof event === 'object' && event !== null ? Object.entries(event) : []);
  return { type: String(fields.get('type')), subtype: String(fields.get('subtype')) };
}
