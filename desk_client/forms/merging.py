"""A save met a newer version of its row: what both sides changed is put together, a clash is decided by the person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QCoreApplication, QObject

from desk_client.forms.change_notices import ChangeNotices
from desk_client.forms.changes import FieldChange, Origin, changes_between, origins_text
from desk_client.forms.form import EntityForm
from desk_client.forms.merge_dialog import ClashWords, MergeDialog, MergeWords, Side
from desk_client.forms.rebasing import mark_changed, name_of, rebase
from shared.domain.fields import FieldType
from shared.domain.merge import Clash, Merge, merge

if TYPE_CHECKING:
    from desk_client.forms.editing import EntityEditing

MOST_ROUNDS = 5  # of one save: somebody saves this row again and again


@dataclass(frozen=True, slots=True)
class Met:
    """What a save met: the row as it is by now, as it was read here, what came of both, and who it was."""

    theirs: Any
    base: Any
    found: Merge
    origins: Sequence[Origin]
    changes: Sequence[FieldChange]


class Merging(QObject):
    """One for each edit."""

    def __init__(self, editing: EntityEditing[Any], form: EntityForm[Any], notices: ChangeNotices) -> None:
        super().__init__(editing)
        self._editing, self._form, self._notices = editing, form, notices
        self.dialog: MergeDialog | None = None
        self._met: list[Met] = []  # since the person asked to save

    def begin(self) -> None:
        """The person asks to save."""
        self._met.clear()

    def forget(self) -> None:
        """Another row is shown: there is nothing to decide any more."""
        self._met.clear()
        dialog, self.dialog = self.dialog, None
        if dialog is not None:
            dialog.blockSignals(True)
            dialog.close()
            dialog.deleteLater()

    def meet(self, theirs: Any, beside: Any) -> None:
        """A save was refused since the row has moved on."""
        base: Any = self._editing.detail
        spec = self._form.spec
        before, now = base.values.model_dump(), theirs.values.model_dump()
        found = merge(
            before, self._form.changed_values(), now, sets=spec.sets(), keyed=("custom",), linked=spec.linked()
        )
        origins = self._editing.origins(theirs, beside)
        met = Met(theirs, base, found, origins, changes_between(before, now, list(spec.by_name), origins))
        self._met.append(met)
        if len(self._met) > MOST_ROUNDS:
            self._leave(met)
        elif found.clashes:
            self._ask(met)
        else:
            self._go_on(met, found.values)

    def say_merged(self) -> None:
        """It is saved: say with whose changes, where there were any."""
        changes = {change.field: change for met in self._met for change in met.changes}
        origins = [origin for met in reversed(self._met) for origin in met.origins]
        rows = (self._met[0].base, self._met[-1].theirs) if self._met else ()
        self._met.clear()
        if not changes:
            return
        found = list(changes.values())
        self._notices.merged(
            lambda: self.labels(changes), origins, lambda: self._editing.show_changes(found, origins, *rows)
        )

    def labels(self, names: Mapping[str, Any]) -> str:
        """What these fields are called."""
        return QCoreApplication.translate("Changes", ", ").join(self._form.label(name) for name in names)

    # -- without the person ----------------------------------------------------------------------------------------

    def _go_on(self, met: Met, values: Mapping[str, Any]) -> None:
        """Theirs is the base now, and ``values`` what is wanted: save again."""
        self._rebase(met, values)
        self._editing.save_again()

    def _rebase(self, met: Met, values: Mapping[str, Any]) -> None:
        texts = {**self._form.texts_of(met.base)}
        self._editing.detail = met.theirs
        rebase(self._form, met.theirs, values, texts)

    # -- a clash ---------------------------------------------------------------------------------------------------

    def _ask(self, met: Met) -> None:
        self._editing.set_saving(False)
        self.dialog = dialog = MergeDialog(lambda: self._words(met), self._form.window())
        dialog.decided.connect(lambda sides: self._decide(met, sides))
        dialog.notes_wanted.connect(lambda: self._add_notes(met))
        dialog.rejected.connect(lambda: self._leave(met))
        dialog.finished.connect(self._on_finished)
        dialog.open()

    def _on_finished(self) -> None:
        dialog, self.dialog = self.dialog, None
        if dialog is not None:
            dialog.deleteLater()

    def _decide(self, met: Met, sides: Mapping[str, Side]) -> None:
        chosen = {clash.field: _value(clash, sides[clash.field]) for clash in met.found.clashes}
        self._go_on(met, {**met.found.values, **chosen})

    def _add_notes(self, met: Met) -> None:
        """Theirs stays, and what was typed beside the form is added."""
        self._editing.stay_here()
        self._editing.take_theirs(met.theirs)
        self._editing.append_notes()

    def _leave(self, met: Met) -> None:
        """Nothing is decided: what is typed stays, and says what it would overwrite. Notes never clash: they go."""
        self._editing.set_saving(False)
        self._editing.stay_here()
        self._rebase(met, met.found.values)
        clashing = {clash.field for clash in met.found.clashes}
        for change in met.changes:
            mark_changed(self._form, change.field, change.now if change.field in clashing else None)
        self._notices.kept(met.origins, self._editing.discard)
        self._editing.append_notes()

    def _words(self, met: Met) -> MergeWords:
        """What the dialog says; asked again for another language."""
        texts = {
            Side.MINE: {}, Side.THEIRS: self._form.texts_of(met.theirs), Side.BEFORE: self._form.texts_of(met.base)
        }  # fmt: skip
        taken = dict.fromkeys(name for name in met.found.taken if name in self._form.spec.by_name)
        return MergeWords(
            who=origins_text(met.origins),
            clashes=[self._clash_words(clash, texts) for clash in met.found.clashes],
            merged=self.labels(taken),
            has_notes=self._editing.is_beside_typed(),
        )

    def _clash_words(self, clash: Clash, texts: Mapping[Side, Mapping[str, str]]) -> ClashWords:
        field = self._form.spec.by_name[clash.field]
        said = {side: name_of(self._form, clash.field, _value(clash, side), texts[side]) for side in Side}
        return ClashWords(clash.field, self._form.label(clash.field), said, field.type is FieldType.TEXT)


def _value(clash: Clash, side: Side) -> Any:
    return {Side.MINE: clash.mine, Side.THEIRS: clash.theirs, Side.BEFORE: clash.before}[side]
