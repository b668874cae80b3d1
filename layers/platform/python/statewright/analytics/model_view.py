"""The semantic model as the API shows it."""

from __future__ import annotations

from pydantic import BaseModel

from statewright.analytics.catalogue import DATASETS


class Named(BaseModel):
    """A dimension."""

    name: str
    label: str


class Measured(Named):
    """A measure."""

    unit: str


class DatasetView(Named):
    """Facts of one kind: what can be measured, and by what."""

    measures: list[Measured]
    dimensions: list[Named]


class ModelView(BaseModel):
    """Every dataset."""

    datasets: list[DatasetView]


def model() -> ModelView:
    """What reports may ask for."""
    return ModelView(
        datasets=[
            DatasetView(
                name=each.name,
                label=each.label,
                measures=[
                    Measured(name=m.name, label=m.label, unit=m.unit)
                    for m in each.measures.values()
                ],
                dimensions=[Named(name=d.name, label=d.label) for d in each.dimensions.values()],
            )
            for each in DATASETS.values()
        ]
    )
