/** What the signed-in person may do, in the words of the screens. The node decides again on every request. */
import { may } from './session.svelte';

const actions = {
  register: 'patient:create',
  edit: 'patient:update',
  merge: 'patient:merge',
  restrict: 'patient:restrict',
  attach: 'attachment:create',
  deleteFile: 'attachment:delete',
  resolve: 'conflict_task:resolve',
  findPatients: 'patient:search',
  readPatients: 'patient:read',
  readConflicts: 'conflict_task:read',
  readTrail: 'audit:read_log',
} as const;

export const can = (what: keyof typeof actions) => may(actions[what]);
