/** The record that is open: shown at once as edited, saved behind it, brought up to date when others change it. */
import { onLive } from '$lib/api/live';
import { ProblemError } from '$lib/api/problem';
import type { Patient } from '$lib/api/types';
import { notify } from '$lib/app/notices.svelte';
import { problemText } from '$lib/app/problems';
import { t } from '$lib/app/text.svelte';
import { mergePatients, patchPatient, readPatient, unmergePatients } from './calls';
import { applyPatch, inversePatch } from './patch';
import { displayName, type PatientRecord } from './record';

export class OpenPatient {
  patient = $state.raw<Patient>();
  trouble = $state('');
  /** Ordinary work keeps the record closed; an emergency would open it. */
  closed = $state(false);
  /** Kept to the patient's own team, which this person is not of. */
  restricted = $state(false);
  /** Counts what was saved or fetched, for lists that hang on the record. */
  version = $state(0);

  constructor(
    readonly id: string,
    readonly asOf?: string,
  ) {}

  get record(): PatientRecord {
    return (this.patient?.record ?? {}) as PatientRecord;
  }

  async load(): Promise<void> {
    try {
      this.take(await readPatient(this.id, this.asOf));
    } catch (error) {
      const code = error instanceof ProblemError ? error.code : undefined;
      this.closed = code === 'break_glass_required';
      this.restricted = code === 'record_restricted';
      // What was open may have been closed meanwhile.
      if (this.closed || this.restricted) this.patient = undefined;
      this.trouble = problemText(error);
    }
  }

  /** Follows changes made elsewhere until the answer is called. */
  watch(): () => void {
    void this.load();
    const stops = [
      onLive('patient.changed', (event) => event['patient_id'] === this.id && void this.load()),
      onLive('conflict.changed', () => void this.load()),
      onLive('resync', () => void this.load()),
    ];
    return () => stops.forEach((stop) => stop());
  }

  private take(patient: Patient): void {
    this.patient = patient;
    this.trouble = '';
    this.closed = this.restricted = false;
    this.version += 1;
  }

  /** Shows the change at once and saves it; on refusal shows the record as it was and answers the error. */
  async save(patch: Record<string, unknown>, text = t('saved')): Promise<unknown> {
    const before = this.patient;
    if (!before) return undefined;
    const undo = inversePatch(before.record, patch);
    const record = applyPatch(before.record, patch);
    this.patient = { ...before, record, display_name: displayName(record as PatientRecord) };
    try {
      this.take(await patchPatient(this.id, before.heads, patch));
      notify('done', text, undo && (() => void this.save(undo, t('undone'))));
      return undefined;
    } catch (error) {
      this.patient = before;
      return error;
    }
  }

  async merge(other: { id: string; name: string }): Promise<boolean> {
    try {
      this.take(await mergePatients(this.id, other.id));
      notify('done', t('merge-done', { name: other.name }), () => this.unmerge(other.id));
      return true;
    } catch (error) {
      notify('problem', problemText(error));
      return false;
    }
  }

  async unmerge(other: string): Promise<void> {
    try {
      this.take(await unmergePatients(this.id, other));
      notify('done', t('unmerge-done'));
    } catch (error) {
      notify('problem', problemText(error));
    }
  }
}
