/** What the signed-in person may do, in the words of the screens. The node decides again on every request. */
import { may } from './session.svelte';

const actions = {
  register: 'create_patient',
  edit: 'change_patient',
  merge: 'merge_patients',
  attach: 'add_attachment',
} as const;

export const can = (what: keyof typeof actions) => may(actions[what]);
