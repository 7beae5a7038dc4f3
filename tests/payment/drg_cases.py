"""Hospital stays and the MS-DRG that CMS's definitions give them.

Each expectation was worked out before grouping, from the titles and types of Table 5 of FY 2026 (drawn up by CMS), the
MDC and the surgical hierarchy of the MS-DRG Definitions Manual v43, and the CC and MCC lists (Tables 6I and 6J). The first
column says why. Discharges are in version 43.1 (May 2026) unless a case says otherwise.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Stay:
    why: str
    mdc: int
    drg: int
    kind: str
    principal: str
    secondary: tuple[Any, ...] = ()
    procedures: tuple[str, ...] = ()
    other: dict[str, Any] = field(default_factory=dict)

    @property
    def given(self) -> dict[str, Any]:
        """The stay as `drg.group` takes it: a woman of 70 who goes home, unless the case says otherwise."""
        return {
            "principal": self.principal, "secondary": list(self.secondary), "procedures": list(self.procedures),
            "age": 70, "sex": "F", "discharge": "01", "on": "2026-05-01", **self.other,
        }  # fmt: skip


M, S = "medical", "surgical"
MALE, NEWBORN, MOTHER = {"sex": "M"}, {"age": 0}, {"age": 30}

STAYS = (
    # Pre-MDC: procedures that decide before the principal diagnosis is looked at
    Stay("liver transplant, no MCC", 0, 6, S, "K74.60", (), ("0FY00Z0",)),
    Stay("liver transplant, respiratory failure is an MCC", 0, 5, S, "K74.60", ("J96.01",), ("0FY00Z0",)),
    Stay("heart transplant, no MCC", 0, 2, S, "I42.0", (), ("02YA0Z0",)),
    Stay("both lungs transplanted", 0, 7, S, "J84.112", (), ("0BYM0Z0",)),
    Stay("tracheostomy with ventilation over 96 hours, no major operation", 0, 4, S, "J96.01", (), ("0B110F4", "5A1955Z")),
    Stay("ECMO by open cannulation goes with the highest tracheostomy class", 0, 3, S, "I21.4", (), ("5A1522F",)),
    Stay("kidney and pancreas transplanted together", 0, 8, S, "E10.22", ("N18.6",), ("0TY00Z0", "0FYG0Z0")),
    Stay("pancreas transplanted alone", 0, 10, S, "E10.10", (), ("0FYG0Z0",)),
    Stay("allogeneic stem cells; the class is medical", 0, 14, M, "C92.00", (), ("30243Y2",)),
    Stay("autologous stem cells without CC", 0, 17, M, "C90.00", (), ("30243Y0",)),
    Stay("larynx removed for cancer, no CC", 0, 13, S, "C32.9", (), ("0CTS0ZZ",)),
    # MDC 1, nervous system
    Stay("cerebral infarction without CC or thrombolysis", 1, 66, M, "I63.9"),
    Stay("cerebral infarction, acute kidney failure is a CC", 1, 65, M, "I63.9", ("N17.9",)),
    Stay("cerebral infarction with thrombolysis in this hospital, no CC", 1, 63, M, "I63.9", (), ("3E03317",)),
    Stay("transient ischemia", 1, 69, M, "G45.9"),
    Stay("epilepsy without MCC", 1, 101, M, "G40.909"),
    Stay("ventricular shunt to the peritoneum, no CC", 1, 33, S, "G91.9", (), ("00160J6",)),
    # MDC 2, eye
    Stay("lens replaced: an operation inside the eye", 2, 117, S, "H25.9", (), ("08RJ3JZ",)),
    Stay("purulent endophthalmitis is an acute major eye infection", 2, 122, M, "H44.001"),
    Stay("glaucoma without MCC", 2, 125, M, "H40.9"),
    # MDC 3, ear, nose, mouth and throat
    Stay("nosebleed without MCC", 3, 151, M, "R04.0"),
    Stay("vertigo", 3, 149, M, "H81.10"),
    Stay("tonsils removed for chronic tonsillitis", 3, 145, S, "J35.01", (), ("0CTPXZZ",), {"age": 30}),
    # MDC 4, respiratory system
    Stay("pneumonia without CC", 4, 195, M, "J18.9"),
    Stay("pneumonia, acute kidney failure is a CC", 4, 194, M, "J18.9", ("N17.9",)),
    Stay("pneumonia, acute respiratory failure is an MCC", 4, 193, M, "J18.9", ("J96.01",)),
    Stay("COPD with exacerbation, no CC", 4, 192, M, "J44.1"),
    Stay("respiratory failure first", 4, 189, M, "J96.01"),
    Stay("ventilation of more than 96 hours, not an operation", 4, 207, M, "J96.01", (), ("5A1955Z",)),
    Stay("ventilation of 24 to 96 hours", 4, 208, M, "J96.01", (), ("5A1945Z",)),
    Stay("pulmonary embolism with acute cor pulmonale needs no MCC", 4, 175, M, "I26.09"),
    Stay("lobe of the lung removed, no CC", 4, 165, S, "C34.31", (), ("0BTF0ZZ",)),
    # MDC 5, circulatory system
    Stay("heart failure without CC", 5, 293, M, "I50.21"),
    Stay("heart failure, respiratory failure is an MCC", 5, 291, M, "I50.21", ("J96.01",)),
    Stay("infarction, left alive", 5, 282, M, "I21.4"),
    Stay("infarction, died", 5, 285, M, "I21.4", (), (), {"discharge": "20"}),
    Stay("bypass without catheterization", 5, 236, S, "I25.10", (), ("021009W",)),
    Stay("bypass with catheterization in the same stay", 5, 234, S, "I25.10", (), ("021009W", "4A023N7")),
    Stay("one stent in one artery, no MCC", 5, 322, S, "I21.4", (), ("027034Z",)),
    Stay("pacemaker generator and both leads", 5, 244, S, "I44.2", (), ("0JH606Z", "02H63JZ", "02HK3JZ")),
    Stay("aortic valve replaced through an artery", 5, 267, S, "I35.0", (), ("02RF38Z",)),
    Stay("hypertension: a CC does not split it", 5, 305, M, "I10", ("N17.9",)),
    # MDC 6, digestive system
    Stay("appendix removed, no CC (classes joined in version 41)", 6, 399, S, "K35.80", (), ("0DTJ4ZZ",)),
    Stay("the same in version 40: uncomplicated appendicitis", 6, 343, S, "K35.80", (), ("0DTJ4ZZ",), {"on": "2023-05-01"}),
    Stay("gastrointestinal bleeding without CC", 6, 379, M, "K92.2"),
    Stay("sigmoid colon removed, no CC", 6, 331, S, "C18.7", (), ("0DTN0ZZ",)),
    Stay("inguinal hernia repaired, no CC", 6, 352, S, "K40.90", (), ("0YQ50ZZ",), MALE),
    # MDC 7, hepatobiliary system and pancreas
    Stay("gallbladder removed by laparoscope", 7, 419, S, "K80.00", (), ("0FT44ZZ",)),
    Stay("acute pancreatitis without CC", 7, 440, M, "K85.90"),
    Stay("alcoholic cirrhosis without CC", 7, 434, M, "K70.30"),
    # MDC 8, musculoskeletal system
    Stay("one knee replaced", 8, 470, S, "M17.11", (), ("0SRC0J9",)),
    Stay("both knees replaced", 8, 462, S, "M17.0", (), ("0SRC0J9", "0SRD0J9")),
    Stay("hip replaced for a hip fracture", 8, 522, S, "S72.001A", (), ("0SR9019",)),
    Stay("hip fracture fixed with a device", 8, 482, S, "S72.001A", (), ("0QS604Z",)),
    Stay("low back pain", 8, 552, M, "M54.50"),
    # MDC 9, skin and breast
    Stay("cellulitis without MCC", 9, 603, M, "L03.115"),
    Stay("breast removed for cancer, no CC", 9, 583, S, "C50.911", (), ("0HTT0ZZ",)),
    # MDC 10, endocrine and metabolic
    Stay("diabetes without CC", 10, 639, M, "E11.65"),
    Stay("dehydration", 10, 641, M, "E86.0"),
    Stay("gastric bypass for obesity", 10, 621, S, "E66.01", (), ("0D164ZA",), {"age": 45}),
    Stay("thyroid removed, no CC", 10, 627, S, "E04.2", (), ("0GTK0ZZ",)),
    # MDC 11, kidney and urinary tract
    Stay("acute kidney failure first, no CC", 11, 684, M, "N17.9"),
    Stay("urinary infection without MCC", 11, 690, M, "N39.0"),
    Stay("kidney transplant without dialysis", 11, 652, S, "N18.6", (), ("0TY00Z0",)),
    Stay("kidney removed for cancer, no CC", 11, 658, S, "C64.1", (), ("0TT00ZZ",)),
    # MDC 12, male reproductive system
    Stay("prostate and seminal vesicles removed for cancer", 12, 708, S, "C61", (), ("0VT00ZZ", "0VT30ZZ"), MALE),
    Stay("prostate resected through the urethra", 12, 714, S, "N40.1", (), ("0VB07ZZ",), MALE),
    Stay("enlarged prostate without MCC", 12, 726, M, "N40.1", (), (), MALE),
    # MDC 13, female reproductive system
    Stay("uterus removed for fibroids, no CC", 13, 743, S, "D25.9", (), ("0UT90ZZ",)),
    Stay("uterus removed for cancer of the ovary, no CC", 13, 738, S, "C56.1", (), ("0UT90ZZ",)),
    Stay("pelvic inflammation without CC", 13, 759, M, "N73.0"),
    # MDC 14, pregnancy and childbirth
    Stay("normal delivery: diagnosis, procedure and outcome", 14, 807, M, "O80", ("Z37.0",), ("10E0XZZ",), MOTHER),
    Stay("cesarean without sterilization, no CC", 14, 788, S, "O82", ("Z37.0",), ("10D00Z1",), MOTHER),
    Stay("vomiting in pregnancy: antepartum, no operation, no CC", 14, 833, M, "O21.0", (), (), MOTHER),
    Stay("spontaneous abortion without curettage", 14, 779, M, "O03.9", (), (), MOTHER),
    # MDC 15, newborns
    Stay("healthy newborn", 15, 795, M, "Z38.00", (), (), NEWBORN),
    Stay("newborn with respiratory distress syndrome", 15, 790, M, "Z38.00", ("P22.0",), (), NEWBORN),
    Stay("premature newborn without major problem", 15, 792, M, "Z38.00", ("P07.38",), (), NEWBORN),
    Stay("newborn sent to another acute hospital", 15, 789, M, "Z38.00", (), (), {"age": 0, "discharge": "02"}),
    # MDC 16, blood
    Stay("sickle cell crisis is a red cell disorder", 16, 812, M, "D57.00", (), (), {"age": 30}),
    Stay("thrombocytopenia is a coagulation disorder", 16, 813, M, "D69.6"),
    Stay("spleen removed, no CC", 16, 801, S, "D73.89", (), ("07TP0ZZ",)),
    # MDC 17, myeloproliferative diseases
    Stay("acute leukemia without CC", 17, 836, M, "C92.00"),
    Stay("chemotherapy, acute leukemia second: it defines the class and is no CC", 17, 839, M, "Z51.11", ("C95.00",)),
    Stay("chemotherapy for another cancer, no CC", 17, 848, M, "Z51.11", ("C50.911",)),
    Stay("radiotherapy", 17, 849, M, "Z51.0", ("C50.911",)),
    # MDC 18, infections
    Stay("sepsis without MCC", 18, 872, M, "A41.9"),
    Stay("sepsis, septic shock is an MCC", 18, 871, M, "A41.9", ("R65.21",)),
    Stay("sepsis with ventilation over 96 hours", 18, 870, M, "A41.9", (), ("5A1955Z",)),
    Stay("infection after an operation, no MCC", 18, 863, M, "T81.40XA"),
    # MDC 19, mental diseases
    Stay("schizophrenia", 19, 885, M, "F20.9", (), (), {"age": 30}),
    Stay("dementia", 19, 884, M, "F03.90"),
    # MDC 20, alcohol and drugs
    Stay("alcohol dependence without rehabilitation or MCC", 20, 897, M, "F10.20", (), (), {"age": 45}),
    Stay("left against medical advice", 20, 894, M, "F10.20", (), (), {"age": 45, "discharge": "07"}),
    # MDC 21, injuries and poisoning
    Stay("acetaminophen poisoning without MCC", 21, 918, M, "T39.1X1A", (), (), {"age": 30}),
    Stay("anaphylactic shock without MCC", 21, 916, M, "T78.2XXA", (), (), {"age": 30}),
    # MDC 22, burns
    Stay("burn of the third degree, no graft, no inhalation", 22, 934, M, "T24.311A"),
    Stay("burn of the second degree", 22, 935, M, "T24.211A"),
    Stay("burn of the third degree with a skin graft, no CC", 22, 929, S, "T24.311A", (), ("0HRHX74",)),
    # MDC 23, other contacts
    Stay("altered mental state is a symptom", 23, 948, M, "R41.82"),
    Stay("aftercare without CC", 23, 950, M, "Z51.89", ("I10",)),
    # MDC 24, multiple significant trauma
    Stay("head and liver injured: two regions, no CC left", 24, 965, M, "S06.5XAA", (("S36.115A", "Y"),)),
    Stay("head and liver injured, head opened", 24, 955, S, "S06.5XAA", (("S36.115A", "Y"),), ("00C40ZZ",)),
    # MDC 25, HIV
    Stay("HIV disease alone", 25, 977, M, "B20"),
    Stay("HIV disease with pneumocystosis: it defines the class and is no MCC in it (Appendix C, part 3)", 25, 976, M, "B20", ("B59",)),
    Stay("the same with respiratory failure, an MCC", 25, 974, M, "B20", ("B59", "J96.01")),
    # Operations unrelated to the principal diagnosis
    Stay("uterus removed in a stay for an infarction", 5, 983, S, "I21.4", (), ("0UT90ZZ",)),
)
