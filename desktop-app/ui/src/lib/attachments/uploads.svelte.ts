/** Files on their way to the node. They go on while other pages are shown, and continue after a break where they stopped. */
import { guardedFetch } from '$lib/api/call';
import { answer } from '$lib/api/answer';
import { node } from '$lib/api/node';
import { ProblemError } from '$lib/api/problem';
import type { Attachment } from '$lib/api/types';
import { problemText } from '$lib/app/problems';

export interface Upload {
  key: number;
  patientId: string;
  name: string;
  size: number;
  sent: number;
  state: 'waiting' | 'sending' | 'failed';
  trouble: string;
  startedMs: number;
}

const pieceBytes = 1024 * 1024;
const triesMax = 3;
let uploads = $state<Upload[]>([]);
// eslint-disable-next-line svelte/prefer-svelte-reactivity -- never shown: files and their abort handles
const sources = new Map<number, { file: File; attachmentId?: string; abort: AbortController }>();
let nextKey = 0;
/** Files that were sent from this page: whoever added one by mistake may take it back. */
const sentHere = $state<string[]>([]);

export const uploadsOf = (patientId: string) => uploads.filter((upload) => upload.patientId === patientId);
export const wasSentHere = (attachmentId: string) => sentHere.includes(attachmentId);
export const uploading = () => uploads.some((upload) => upload.state === 'sending');

/** Seconds that the rest will take at the speed so far; undefined while nothing can be said. */
export function secondsLeft(upload: Pick<Upload, 'size' | 'sent' | 'startedMs'>, nowMs: number): number | undefined {
  const elapsed = (nowMs - upload.startedMs) / 1000;
  if (upload.sent === 0 || elapsed < 1) return undefined;
  return Math.ceil(((upload.size - upload.sent) / upload.sent) * elapsed);
}

/** Sends files, each on its own, and answers the keys they go by. */
export function addUploads(patientId: string, files: Iterable<File>, onready: (attachment: Attachment) => void): number[] {
  const keys: number[] = [];
  for (const file of files) {
    const key = nextKey++;
    keys.push(key);
    sources.set(key, { file, abort: new AbortController() });
    uploads.push({ key, patientId, name: file.name, size: file.size, sent: 0, state: 'waiting', trouble: '', startedMs: Date.now() });
    void send(key, onready);
  }
  return keys;
}

export function retryUpload(key: number, onready: (attachment: Attachment) => void): void {
  const source = sources.get(key);
  if (!source) return;
  source.abort = new AbortController();
  void send(key, onready);
}

export function cancelUpload(key: number): void {
  const source = sources.get(key);
  source?.abort.abort();
  if (source?.attachmentId) void node.DELETE('/api/attachments/{id}', { params: { path: { id: source.attachmentId } } }).catch(() => {});
  forget(key);
}

function forget(key: number): void {
  sources.delete(key);
  uploads = uploads.filter((upload) => upload.key !== key);
}

async function send(key: number, onready: (attachment: Attachment) => void): Promise<void> {
  const upload = uploads.find((one) => one.key === key);
  const source = sources.get(key);
  if (!upload || !source) return;
  upload.state = 'sending';
  upload.trouble = '';
  upload.startedMs = Date.now();
  try {
    let attachment = await announce(upload, source);
    source.attachmentId = attachment.id;
    let tries = 0;
    while (attachment.state === 'uploading') {
      try {
        attachment = await sendPiece(source.file, attachment.id, attachment.received, source.abort.signal);
        tries = 0;
      } catch (error) {
        if (source.abort.signal.aborted || ++tries >= triesMax || !worthRepeating(error)) throw error;
        attachment = await readAttachment(attachment.id);
      }
      upload.sent = attachment.received;
    }
    forget(key);
    sentHere.push(attachment.id);
    onready(attachment);
  } catch (error) {
    if (source.abort.signal.aborted) return;
    upload.state = 'failed';
    upload.trouble = problemText(error);
  }
}

const readAttachment = (id: string) => answer(node.GET('/api/attachments/{id}', { params: { path: { id } } }));

const worthRepeating = (error: unknown) => error instanceof ProblemError && ['unreachable', 'wrong_offset', 'timeout', 'not_ready', 'rate_limited'].includes(error.code);

function announce(upload: Upload, source: { file: File; attachmentId?: string }): Promise<Attachment> {
  if (source.attachmentId) return readAttachment(source.attachmentId);
  const body = { patient_id: upload.patientId, name: upload.name, size: upload.size, media_type: source.file.type || 'application/octet-stream' };
  return answer(node.POST('/api/attachments', { body }));
}

async function sendPiece(file: File, id: string, from: number, signal: AbortSignal): Promise<Attachment> {
  const end = Math.min(file.size, from + pieceBytes);
  const request = new Request(`/api/attachments/${id}/content`, {
    method: 'PUT',
    body: file.slice(from, end),
    headers: { 'content-type': 'application/octet-stream', 'content-range': `bytes ${from}-${Math.max(from, end - 1)}/${file.size}` },
    credentials: 'same-origin',
    signal,
  });
  return (await (await guardedFetch(request)).json()) as Attachment;
}
