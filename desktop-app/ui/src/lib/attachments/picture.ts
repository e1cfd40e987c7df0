/** Photographs made small before they are kept: a line of a clinic is thin, and a camera writes where it stood into the file. */

/** Long enough for a face on any screen. */
const sideMax = 1024;

/** Width and height within `max`, in proportion; small pictures stay as they are. */
export function fitted(width: number, height: number, max = sideMax): { width: number; height: number } {
  const scale = Math.min(1, max / Math.max(width, height, 1));
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) };
}

/** The picture drawn anew, upright and without what else stood in the file; undefined for what is no picture. */
export async function shrunk(file: File, name: string): Promise<File | undefined> {
  const bitmap = await createImageBitmap(file).catch(() => undefined);
  if (!bitmap) return undefined;
  const { width, height } = fitted(bitmap.width, bitmap.height);
  const canvas = new OffscreenCanvas(width, height);
  const pen = canvas.getContext('2d');
  if (!pen) return undefined;
  // What was transparent becomes white: the format kept has no transparency.
  pen.fillStyle = '#fff';
  pen.fillRect(0, 0, width, height);
  pen.drawImage(bitmap, 0, 0, width, height);
  bitmap.close();
  const blob = await canvas.convertToBlob({ type: 'image/jpeg', quality: 0.85 });
  return new File([blob], `${name}.jpg`, { type: blob.type });
}
