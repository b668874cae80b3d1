"""What one does on a builder's drawing, a frame at a time, so that every run does the same."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page

SECONDS = 3
PANE, STEP = ".react-flow__pane", ".canvas .step"
WHEEL = """([seconds, zoom]) => new Promise(done => {
  const target = document.querySelector('.react-flow__pane'); const end = performance.now() + seconds * 1000; let n = 0;
  const box = target.getBoundingClientRect();
  const step = () => {
    const deltaY = zoom ? (n % 80 < 40 ? 3 : -3) : 24 * Math.sign(Math.sin(n / 40));
    target.dispatchEvent(new WheelEvent('wheel', {bubbles: true, cancelable: true, ctrlKey: zoom,
      clientX: box.x + box.width / 2, clientY: box.y + box.height / 2, deltaY}));
    n += 1; performance.now() < end ? requestAnimationFrame(step) : done();
  };
  requestAnimationFrame(step);
})"""
DRAG = """seconds => new Promise(done => {
  const target = document.querySelector('.canvas .step'); const end = performance.now() + seconds * 1000; let n = 0;
  const box = target.getBoundingClientRect(); const at = (type, x, y, where) =>
    where.dispatchEvent(new PointerEvent(type, {bubbles: true, button: 0, clientX: x, clientY: y, pointerId: 1}));
  at('pointerdown', box.x + 20, box.y + 20, target);
  const step = () => {
    const over = performance.now() >= end;
    at(over ? 'pointercancel' : 'pointermove', 520 + 260 * Math.sin(n / 25), 430 + 330 * Math.sin(n / 18), window);
    n += 1; over ? done() : requestAnimationFrame(step);
  };
  requestAnimationFrame(step);
})"""
SCROLL = """([selector, seconds]) => new Promise(done => {
  const target = document.querySelector(selector); const end = performance.now() + seconds * 1000;
  const step = () => { target.scrollBy(0, 60); performance.now() < end ? requestAnimationFrame(step) : done(); };
  requestAnimationFrame(step);
})"""
WORDS = "Order of a customer "
PAUSE_MS = 900


def pan(page: Page) -> None:
    page.evaluate(WHEEL, [SECONDS, False])


def zoom(page: Page) -> None:
    page.evaluate(WHEEL, [SECONDS, True])


def pan_far(page: Page) -> None:
    """The same with the whole drawing in sight, as far as zooming out goes."""
    for _ in range(12):
        page.get_by_role("button", name="Zoom Out").dispatch_event("click")
    page.wait_for_timeout(400)
    pan(page)


def drag(page: Page) -> None:
    page.evaluate(DRAG, SECONDS)


def select(page: Page) -> None:
    """From step to step by the keyboard; each opens its form."""
    page.locator(STEP).first.click()
    for _ in range(20):
        page.keyboard.press("ArrowDown")
        page.wait_for_timeout(120)


def typing(page: Page) -> None:
    """A name and a value, with rests in which the draft is written, checked and saved."""
    page.locator(STEP).nth(1).click()
    form = page.locator(".inspector")
    for field in (form.get_by_label("Name", exact=True), form.locator(".cm-content").first):
        field.click()
        page.keyboard.type(WORDS, delay=50)
        page.wait_for_timeout(PAUSE_MS)


ACTS: dict[str, Callable[[Page], None]] = {
    "pan": pan,
    "zoom": zoom,
    "drag": drag,
    "select": select,
    "type": typing,
    "pan_far": pan_far,
}
