"""Sentences, days, numbers and counted things as each language writes them."""

from datetime import date

from ordholden.lang import article, counted, day, duration, number, say, share, word


def test_days_as_each_language_writes_them() -> None:
    assert day(date(2026, 11, 22), "da") == "22. november 2026"
    assert day(date(2026, 11, 22), "en") == "22 November 2026"


def test_numbers_as_each_language_writes_them() -> None:
    assert (number(12345, "da"), number(12345, "en")) == ("12.345", "12,345")
    assert (number(1234.5, "da"), number(1234.5, "en")) == ("1.234,5", "1,234.5")
    assert (share(0.25, "da"), share(0.25, "en")) == ("25 %", "25%")


def test_one_of_a_thing_is_one() -> None:
    assert (counted(1, "record", "da"), counted(2, "record", "da")) == ("1 række", "2 rækker")


def test_durations_of_a_policy_are_read_to_people() -> None:
    assert duration("2 years", "da") == "2 år"
    assert duration("1 month", "da") == "1 måned"


def test_a_promise_is_kept_or_not() -> None:
    states = ("kept", "due", "broken", "not provable yet")

    danish = [word(f"promise.{state}", "da") for state in states]
    assert danish == ["overholdt", "forfalder", "brudt", "kan endnu ikke bevises"]


def test_a_nearest_word_is_asked_for_only_where_there_is_one() -> None:
    near, far = ({"word": "trial endet", "nearest": n} for n in ("trial ended", ""))

    assert say("event-unknown", near, "en").says.endswith("Did you mean “trial ended”?")
    assert say("event-unknown", far, "en").says == "No table has the event “trial endet”."


def test_words_of_the_engine_are_translated_in_a_sentence() -> None:
    facts = {"within": "file", "found": "a list", "wanted": "a text, or {da: …, en: …}"}

    said = say("value-form", facts, "da").says
    assert said == "I filen står en liste; der skal stå en tekst, eller {da: …, en: …}."


def test_a_reason_of_the_world_is_translated_behind_the_name_of_its_system() -> None:
    facts = {"plan": "P-1", "reason": "crm: no connection"}

    assert (
        say("sweep-stopped", facts, "da").says
        == "Oprydningen P-1 er ikke gennemført: crm: ingen forbindelse."
    )


def test_an_article_is_cited_as_lawyers_of_the_language_do() -> None:
    assert article("GDPR art. 6(1)(f)", "da") == "GDPR art. 6, stk. 1, litra f"
    assert article("GDPR art. 15(2)", "da") == "GDPR art. 15, stk. 2"
    assert article("GDPR art. 6(1)(f)", "en") == "GDPR art. 6(1)(f)"
