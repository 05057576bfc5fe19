/* The camera, and codes in pictures, read by the browser's own detector where it has one. No picture leaves the device. */

const EVERY = 250;

/** The browser's reader of QR codes, or nothing. */
export const detector = async () => {
  if (!("BarcodeDetector" in window)) return null;
  const known = await window.BarcodeDetector.getSupportedFormats().catch(() => []);
  return known.includes("qr_code") ? new window.BarcodeDetector({ formats: ["qr_code"] }) : null;
};

export const hasCamera = () => Boolean(navigator.mediaDevices?.getUserMedia);

/** The texts of the codes in a picture. */
export const codesIn = async (reader, picture) => (await reader.detect(picture)).map((code) => code.rawValue).filter(Boolean);

/** A running camera in a video element. */
export class Camera {
  constructor(video) {
    this.video = video;
    this.stream = null;
    this.isWanted = false;
  }

  async open() {
    this.isWanted = true;
    const wanted = { video: { facingMode: "environment", width: { ideal: 1920 }, height: { ideal: 1080 } }, audio: false };
    this.stream = await navigator.mediaDevices.getUserMedia(wanted);
    if (!this.isWanted) {
      this.close();
      return;
    }
    this.video.srcObject = this.stream;
    await this.video.play();
  }

  close() {
    this.isWanted = false;
    this.stream?.getTracks().forEach((track) => track.stop());
    this.stream = null;
    this.video.srcObject = null;
  }

  /** Call back with the text of the first code that is seen, until the camera is closed. */
  async watch(reader, seen) {
    while (this.stream) {
      const [text] = await codesIn(reader, this.video).catch(() => []);
      if (text && this.stream) {
        seen(text);
        return;
      }
      await new Promise((resolve) => { setTimeout(resolve, EVERY); });
    }
  }

  /** What the camera shows now, as a JPEG. */
  async picture() {
    const canvas = document.createElement("canvas");
    canvas.width = this.video.videoWidth;
    canvas.height = this.video.videoHeight;
    canvas.getContext("2d").drawImage(this.video, 0, 0);
    return new Promise((resolve) => { canvas.toBlob(resolve, "image/jpeg", 0.92); });
  }
}
