"""Our own import-linter contract: contexts talk through their front door."""

from __future__ import annotations

from importlinter import Contract, ContractCheck, fields, output


class FrontDoorContract(Contract):
    """A context may import another context only through the modules named `doors`.

    `exempt` contexts are open to all; `composers` may enter everywhere.
    """

    container = fields.StringField()
    doors = fields.SetField(subfield=fields.StringField())
    exempt = fields.SetField(subfield=fields.StringField(), required=False)
    composers = fields.SetField(subfield=fields.StringField(), required=False)

    def check(self, graph, verbose):  # noqa: ARG002 (import-linter names it)
        """Return the imports that enter a context elsewhere than by a door."""
        exempt = set(self.exempt or ())
        composers = set(self.composers or ())
        broken = []
        for imported in sorted(graph.modules):
            context, door = self._split(imported)
            if door is None or door in self.doors or context in exempt:
                continue
            for importer in sorted(graph.find_modules_that_directly_import(imported)):
                if self._split(importer)[0] not in {context, None, *composers}:
                    broken.append(f"{importer} -> {imported}")
        return ContractCheck(kept=not broken, metadata={"broken": broken})

    def render_broken_contract(self, check):
        """Print one line per forbidden import."""
        for line in check.metadata["broken"]:
            output.print_error(line)

    def _split(self, module):
        parts = module.removeprefix(f"{self.container}.").split(".")
        if not module.startswith(f"{self.container}."):
            return None, None
        return parts[0], parts[1] if len(parts) > 1 else None
