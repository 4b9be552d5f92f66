/**
 * What a person fills in: elements of card JSON 2.0 that are read together when a button sends them. A form stands at the root of a card.
 * https://open.feishu.cn/document/feishu-cards/card-json-v2-components/containers/form-container
 */

import type { JsonObject, Text } from '../domain.ts';
import { type PlainText, plainText } from './textObjects.ts';

type Input = {
  readonly tag: 'input';
  readonly name: string;
  readonly placeholder: PlainText;
  readonly max_length: number;
  readonly required: boolean;
  readonly width: 'fill';
};

type PersonSelect = {
  readonly tag: 'select_person' | 'multi_select_person';
  readonly name: string;
  readonly placeholder: PlainText;
  readonly required: boolean;
  readonly width: 'fill';
  readonly options?: readonly { readonly value: string }[];
};

type Submit = {
  readonly tag: 'button';
  readonly name: string;
  readonly text: PlainText;
  readonly type: 'default' | 'primary';
  readonly form_action_type: 'submit';
  readonly behaviors: readonly [
    { readonly type: 'callback'; readonly value: JsonObject & { readonly action: string } },
  ];
};

type Field = Input | PersonSelect;

type FormColumns = {
  readonly tag: 'column_set';
  readonly flex_mode: 'none';
  readonly horizontal_spacing: 'medium';
  readonly columns: readonly {
    readonly tag: 'column';
    readonly width: 'weighted' | 'auto';
    readonly weight?: number;
    readonly vertical_align: 'center';
    readonly elements: readonly (Field | Submit)[];
  }[];
};

export type Form = {
  readonly tag: 'form';
  readonly name: string;
  readonly elements: readonly (Field | Submit | FormColumns)[];
};

interface FieldStyle {
  readonly required?: boolean;
}

/** Feishu takes 1000 characters; nobody types a reason that long. */
const inputMaxCharCount = 200;

/**
 * A line of text; it comes back under its name.
 * https://open.feishu.cn/document/feishu-cards/card-json-v2-components/interactive-components/input
 */
export function input(name: string, placeholder: Text, { required = false }: FieldStyle = {}): Input {
  return {
    tag: 'input',
    name,
    placeholder: plainText(placeholder),
    max_length: inputMaxCharCount,
    required,
    width: 'fill',
  };
}

/**
 * One person, or several; their open ids come back under the name.
 * @param among whom to choose from; undefined: the members of the chat
 * https://open.feishu.cn/document/feishu-cards/card-json-v2-components/interactive-components/single-select-user-picker
 */
export function selectPerson(
  name: string,
  placeholder: Text,
  {
    required = false,
    several = false,
    among,
  }: FieldStyle & { readonly several?: boolean; readonly among?: readonly string[] | undefined } = {},
): PersonSelect {
  return {
    tag: several ? 'multi_select_person' : 'select_person',
    name,
    placeholder: plainText(placeholder),
    required,
    width: 'fill',
    ...(among === undefined ? {} : { options: among.map((value) => ({ value })) }),
  };
}

/** The button that sends a form. Its name must be the only one of its kind in the card. */
export function submit(
  name: string,
  text: Text,
  value: JsonObject & { readonly action: string },
  type: 'default' | 'primary' = 'default',
): Submit {
  return {
    tag: 'button',
    name,
    text: plainText(text),
    type,
    form_action_type: 'submit',
    behaviors: [{ type: 'callback', value }],
  };
}

/** Fields one below the other. */
export function form(name: string, elements: readonly (Field | Submit)[]): Form {
  return { tag: 'form', name, elements };
}

/** One field with the button that sends it, in a line. */
export function lineForm(name: string, field: Field, send: Submit): Form {
  const column = { tag: 'column', vertical_align: 'center' } as const;
  const columns = [
    { ...column, width: 'weighted', weight: 1, elements: [field] },
    { ...column, width: 'auto', elements: [send] },
  ] as const;
  return {
    tag: 'form',
    name,
    elements: [{ tag: 'column_set', flex_mode: 'none', horizontal_spacing: 'medium', columns }],
  };
}
