"""Scanned papers of the demonstration: one drawn page, attached wherever a signed contract is needed."""

import io
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont
from sqlalchemy.orm import Session

from salesoffice.contracts.enums import Culprit
from salesoffice.contracts.models import Contract
from salesoffice.contracts.queries import read_differences
from salesoffice.contracts.rules import CriticalFields
from salesoffice.contracts.services import verify_contract
from salesoffice.contracts.services.resolving import resolve_difference
from salesoffice.core.permissions import Actor
from salesoffice.deals.enums import AttachmentKind, Stage
from salesoffice.deals.services import attach, require_attachment
from salesoffice.deals.services.attachments import keep_upload
from salesoffice.demo.book import Book, moment
from salesoffice.projects.models import Project

_FONT = Path(__file__).parents[2] / "static" / "fonts" / "NotoSansSC-Regular.ttf"
_PAGE, _INK, _STAMP = (595, 842), "#1f2937", "#b91c1c"
_EVERY_WRONG, _EVERY_UNDECIDED = 5, 10


def require_contracts(session: Session, project: Project, *, actor: Actor) -> None:
    """Ask for the scan of the signed contract before every filing."""
    require_attachment(session, project, actor=actor, stage=Stage.FILE, kind=AttachmentKind.SIGNED_CONTRACT)


def scan_contract(session: Session, contract: Contract, *, actor: Actor) -> None:
    """Attach the scan of a signed contract to its sale."""
    stored = keep_upload(session, contract.deal, data=draw_page(), name="合同扫描件.png")
    kind = AttachmentKind.SIGNED_CONTRACT
    attach(session, contract.deal, actor=actor, kind=kind, name=stored.name, stored=stored)


def mistype(book: Book, day: date, contract_id: int, fields: CriticalFields) -> None:
    """Let every fifth contract be entered wrongly first by the second person; half of them are decided."""
    if contract_id % _EVERY_WRONG:
        return
    wrong = replace(fields, total_amount=fields.total_amount + 1_000_00)
    with moment(day, 15, 0) as session:
        contract = session.get_one(Contract, contract_id)
        check = verify_contract(session, contract, actor=book.office.actors["assistant2"], fields=wrong).check
        check_id, names = check.id, [item["field"] for item in read_differences(check)]
    if contract_id % _EVERY_UNDECIDED == 0:
        return
    with moment(day, 15, 0) as session:
        contract = session.get_one(Contract, contract_id)
        for name in names:
            resolve_difference(
                session,
                contract,
                check_id,
                actor=book.office.actors["manager"],
                field=name,
                culprit=Culprit.SECOND,
            )


@cache
def draw_page() -> bytes:
    """Draw a page that stands for a signed contract. PNG."""
    picture = Image.new("RGB", _PAGE, "#ffffff")
    draw = ImageDraw.Draw(picture)
    draw.text((_PAGE[0] // 2, 80), "商品房买卖合同（签字页）", font=_font(28), fill=_INK, anchor="mm")
    for line in range(12):
        draw.line((70, 150 + line * 36, _PAGE[0] - 70, 150 + line * 36), fill="#cbd5e1", width=2)
    draw.text((70, 660), "买受人（签字）：", font=_font(18), fill=_INK)
    draw.text((330, 660), "出卖人（盖章）：", font=_font(18), fill=_INK)
    draw.ellipse((400, 640, 520, 760), outline=_STAMP, width=4)
    draw.text((460, 700), "示例", font=_font(24), fill=_STAMP, anchor="mm")
    stream = io.BytesIO()
    picture.quantize(16).save(stream, "PNG", optimize=True)
    return stream.getvalue()


def _font(size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(_FONT), size)
