"""What is wrong with a figure's layout, by the boxes of its texts, legends and data."""

import itertools

SLACK = 1.0  # pixels, at a hundred an inch: boxes are rounded outwards
TOUCH = 0.35  # of a line of type: boxes hold room over and under letters


def problems(figure):
    """Return, as sentences, texts outside the canvas, texts over texts, and legends over data."""
    figure.canvas.draw()
    canvas, renderer = figure.bbox, figure.canvas.get_renderer()
    found = []
    boxes = []
    for text in drawn_texts(figure):
        box = text.get_window_extent(renderer)
        boxes.append((text, box))
        name = text.get_text()
        if (
            box.x0 < canvas.x0 - SLACK or box.x1 > canvas.x1 + SLACK
            or box.y0 < canvas.y0 - SLACK or box.y1 > canvas.y1 + SLACK
        ):  # fmt: skip
            found.append(f"outside the canvas: {name!r}")
        if text.get_fontsize() < 6.5 - 1e-9:
            found.append(f"type of {text.get_fontsize()} points: {name!r}")
    for (a, one), (b, two) in itertools.combinations(boxes, 2):
        if a.get_rotation() % 90 or b.get_rotation() % 90:
            continue  # slanted: their boxes say little
        trim = TOUCH * min(a.get_fontsize(), b.get_fontsize()) * figure.dpi / 72
        if min(one.x1, two.x1) - max(one.x0, two.x0) > SLACK and (
            min(one.y1, two.y1) - max(one.y0, two.y0) > trim
        ):
            found.append(f"overlap: {a.get_text()!r} and {b.get_text()!r}")
    for ax in all_axes(figure):
        legend = ax.get_legend()
        if legend is not None:
            box, data = legend.get_window_extent(renderer), ax.get_window_extent(renderer)
            across = min(box.x1, data.x1) - max(box.x0, data.x0)
            along = min(box.y1, data.y1) - max(box.y0, data.y0)
            if across > SLACK and along > SLACK:
                found.append("the legend covers data")
    return found


def all_axes(figure):
    """Return the axes of a figure and those inside them."""
    return [a for ax in figure.axes for a in (ax, *ax.child_axes)]


def drawn_texts(figure):
    """Return texts that are drawn: of axes that are on, the ticks within the limits."""
    found = list(figure.texts)
    for ax in all_axes(figure):
        found += [*ax.texts, ax.title, ax._left_title, ax._right_title]
        legend = ax.get_legend()
        if legend is not None:
            found += legend.get_texts()
        if ax.axison:
            for axis in (ax.xaxis, ax.yaxis):
                low, high = sorted(axis.get_view_interval())
                ticks = [t for t in axis.get_major_ticks() if low <= t.get_loc() <= high]
                found += [label for t in ticks for label in (t.label1, t.label2)]
                found.append(axis.label)
    return [t for t in found if t.get_visible() and t.get_text().strip()]
