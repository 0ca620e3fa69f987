import { isLoopback } from "./loopback";

/** Whether pages over HTTPS may load a picture from this address. */
export function isPictureUrl(address: string): boolean {
  if (!URL.canParse(address) || !/^https?:/i.test(address)) return false;
  const url = new URL(address);
  return (url.protocol === "https:" || isLoopback(url)) && url.username + url.password === "";
}

/** Whether they may load pictures from below it. */
export function isPictureBase(address: string): boolean {
  return isPictureUrl(address) && !/[?#]/.test(address);
}
