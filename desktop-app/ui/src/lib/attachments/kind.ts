/** How a file can be looked at in the page: by what the node found in its content, never by its name. */
import type { Attachment } from '$lib/api/types';

export type Look = 'image' | 'pdf' | 'text' | 'card';

export function lookOf(file: Pick<Attachment, 'media_type' | 'has_preview'>, canShowPdf: boolean): Look {
  if (!file.has_preview) return 'card';
  if (file.media_type.startsWith('image/')) return 'image';
  if (file.media_type === 'application/pdf') return canShowPdf ? 'pdf' : 'card';
  return file.media_type.startsWith('text/') ? 'text' : 'card';
}

/** Bytes that the node sends of a text. */
export const textPreviewBytes = 4096;

/** The short word for a type that nothing here can show: `PDF`, `DOCX`, `ZIP`. */
export function typeWord(name: string): string {
  const ending = /\.([a-z0-9]{1,5})$/i.exec(name)?.[1];
  return ending ? ending.toUpperCase() : '';
}
