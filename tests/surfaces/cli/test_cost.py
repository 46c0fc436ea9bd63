"""`brimline cost`, as it is called."""

from click.testing import CliRunner

from brimline.surfaces.cli.program import brimline

SCENARIO = """\
                         Traditional     Optimized   Improvement
Input                        150,000        25,000
Output                        10,000         5,000
Cost per session               $0.60         $0.15           75%
Average session              200,000        20,000           90%
Sessions per budget                1            10           10x
Context remaining                 0%           90%          +90%
"""


def test_the_scenario_prints_the_brief_s_table() -> None:
    result = CliRunner().invoke(brimline, ["cost", "--scenario"], catch_exceptions=False)

    assert SCENARIO in result.stdout
    assert "Session Cost" not in result.stdout
