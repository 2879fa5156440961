"""The commands `voicebot bench …`: their arguments, what they do, what they print."""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

from voicebot import build
from voicebot.adapters.audio_file import read_audio
from voicebot.adapters.database import Database
from voicebot.adapters.sip_caller import Telephones
from voicebot.adapters.sip_telephone import Echo
from voicebot.adapters.sql_store import SqlHoldStore
from voicebot.bench import queue, response, spoken
from voicebot.bench.callers import Caller, read_callers
from voicebot.bench.calls import Clip, greeting, place
from voicebot.bench.channel import Channel, narrow
from voicebot.bench.printing import lines
from voicebot.bench.understanding import Result, against, failed, failure, summary
from voicebot.commands import work
from voicebot.commands.capacity import Plan, raise_calls
from voicebot.commands.console import JsonOption, count_bar, language_of, load, out, print_json
from voicebot.errors import LineError
from voicebot.hearing.whole import bounds
from voicebot.settings import Settings

cli = typer.Typer(help="Measure the switchboard.", no_args_is_help=True)


@cli.command("understanding")
def bench_understanding(
    callers: Annotated[Path, typer.Option(help="A folder with recorded callers.")],
    telephone: Annotated[bool, typer.Option(help="Over 8 kHz and A-law.")] = False,
    noise: Annotated[float | None, typer.Option(help="dB of speech over noise.")] = None,
    noise_file: Annotated[
        Path | None, typer.Option(help="The noise (default: ../noise/babble.flac).")
    ] = None,
    loss: Annotated[float, typer.Option(min=0, max=100, help="Percent of packets lost.")] = 0.0,
    limit: Annotated[int | None, typer.Option(min=1, help="The first so many only.")] = None,
    failures: Annotated[bool, typer.Option(help="List what went wrong, with the texts.")] = False,
    plain: Annotated[
        bool, typer.Option(help="Compare with the plain call of the recogniser's library.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Say how well recorded callers are understood: whose language, which office, how fast."""
    people = read_callers(callers)[:limit]
    channel = work.BenchLine(telephone, noise, noise_file, loss).channel(callers)
    results, figures = _understand(load(), people, channel, plain)
    if failures:
        figures["failures"] = [failure(result) for result in results if failed(result)]
    if as_json:
        print_json(figures)
        return
    for text in lines(figures):
        out.print(text, markup=False)


@cli.command("spoken")
def bench_spoken(
    lang: Annotated[
        list[str] | None, typer.Option("--lang", help="A language (default: all but Arabic).")
    ] = None,
    limit: Annotated[
        int | None, typer.Option(min=1, help="So many sentences a language, drawn once for all.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Say whether the bot can be understood: its sentences rendered and recognised back."""
    settings = load()
    languages = [language_of(code) for code in lang or ()]
    with count_bar("speaking and listening") as progress:
        results = work.bench_spoken(settings, languages, limit, progress)
    figures = {
        **spoken.summary(results),
        "lost": [
            {
                "language": one.sentence.language,
                "said": one.sentence.text,
                "heard": one.heard,
                "kept": round(one.kept, 2),
            }
            for one in results
            if not one.good
        ],
    }
    if as_json:
        print_json(figures)
        return
    for text in lines(figures):
        out.print(text, markup=False)


def _understand(
    settings: Settings, callers: Sequence[Caller], channel: Channel, plain: bool
) -> tuple[list[Result], dict[str, Any]]:
    """How each is taken, and all figures, with `plain` those of the comparison too."""
    ways = [work.bench_understanding(settings, callers, channel, way) for way in (False, True)]
    results: tuple[list[Result], list[Result]] = ([], [])
    cost = [0.0, 0.0]
    with count_bar("listening to callers") as progress:
        for done in range(len(callers)):
            progress(done, len(callers))
            # in turn, so that whatever else the machine does disturbs both alike
            for number in range(1 + plain):
                begun = time.process_time()
                results[number].append(next(ways[number]))
                # the first one loads the models
                cost[number] += (time.process_time() - begun) * (done > 0)
    figures = summary(results[0])
    if plain:
        figures |= against(*results)
        figures["times_less_processor"] = round(cost[1] / cost[0], 2) if cost[0] else 0.0
    return results[0], figures


@dataclass(frozen=True, slots=True)
class Target:
    """The switchboard to be called, and over what line."""

    host: str
    port: int
    user: str
    echo: Echo | None = None


def read_target(address: str | None, settings: Settings, echo: Echo | None = None) -> Target:
    """A switchboard as written, `user@host:port`; by default the one of the settings here.

    Raises:
        LineError: it is written otherwise.
    """
    sip = settings.sip
    if address is None:
        host = "127.0.0.1" if sip.host in ("0.0.0.0", "::") else sip.host
        user = next((user for user in sip.users if user != "*"), "voicebot")
        return Target(host, sip.port, user, echo)
    user, _, where = address.removeprefix("sip:").rpartition("@")
    host, _, port = where.partition(":")
    if not user or not host or not (port or "5060").isdigit():
        raise LineError(f"{address!r}: write whom to call as user@host or user@host:port")
    return Target(host, int(port or "5060"), user, echo)


ToOption = Annotated[
    str | None,
    typer.Option(metavar="USER@HOST:PORT", help="Whom to call (default: as in the settings)."),
]


@cli.command("response")
def bench_response(
    callers: Annotated[Path, typer.Option(help="A folder with recorded callers.")],
    to: ToOption = None,
    per_language: Annotated[
        int | None, typer.Option(min=1, help="So many callers of each language only.")
    ] = None,
    patient: Annotated[bool, typer.Option(help="Speak when the greeting is over.")] = False,
    echo: Annotated[
        float | None, typer.Option(help="dB by which the line's echo is lower.")
    ] = None,
    echo_delay: Annotated[float, typer.Option(min=0, help="Seconds.")] = 0.1,
    as_json: JsonOption = False,
) -> None:
    """Call a running switchboard, speak, and time its answer at the caller's end of the wire."""
    settings = load()
    line = None if echo is None else Echo(abs(echo), echo_delay)
    target = read_target(to, settings, line)
    clips = read_clips(few(read_callers(callers), per_language))
    with count_bar("calling") as progress:
        responses = asyncio.run(_respond(target, clips, patient, progress))
    figures: dict[str, Any] = response.summary(responses)
    figures["failures"] = [
        {"file": r.caller.file.name, "outcome": str(r.outcome)}
        for r in responses
        if r.outcome is not response.Outcome.ANSWERED
    ]
    if as_json:
        print_json(figures)
        return
    for text in lines(figures):
        out.print(text, markup=False)


@cli.command("capacity")
def bench_capacity(
    callers: Annotated[Path, typer.Option(help="A folder with recorded callers.")],
    pid: Annotated[
        int | None, typer.Option(help="The switchboard's process, to watch what it uses.")
    ] = None,
    to: ToOption = None,
    calls: Annotated[
        str, typer.Option(metavar="N,N,…", help="The numbers of calls to try, in order.")
    ] = "5,20,40,60,80,100,120",
    speaking: Annotated[int, typer.Option(min=1, help="How many speak at any moment.")] = 5,
    seconds: Annotated[float, typer.Option(min=5, help="How long each is measured.")] = 30.0,
    regardless: Annotated[bool, typer.Option(help="Go on when something has given way.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Raise the number of calls to a running switchboard until something gives way."""
    settings = load()
    target = read_target(to, settings)
    counts = tuple(int(count) for count in calls.split(",") if count.strip().isdecimal())
    if not counts or 0 in counts:
        raise typer.BadParameter(f"{calls!r}: write numbers of calls with commas between")
    http = settings.http
    metrics = f"{'https' if http.certificate else 'http'}://{http.host}:{http.port}/metrics"
    where = (target.host, target.port, target.user)
    plan = Plan(*where, counts, speaking, seconds, pid, metrics if pid else None, regardless)
    for figures in raise_calls(plan, read_clips(read_callers(callers))):
        if as_json:
            print_json(figures)
        else:
            out.print("  ".join(f"{name} {value}" for name, value in figures.items()), markup=False)


async def _respond(
    target: Target, clips: Sequence[Clip], patient: bool, progress: Callable[[int, int], None]
) -> list[response.Response]:
    """One call after another."""
    responses: list[response.Response] = []
    async with Telephones.open(target.host, target.port, target.user, target.echo) as phones:
        greeted = await greeting(phones.dial)
        for clip in clips:
            progress(len(responses), len(clips))
            responses.append(await place(phones.dial, clip, greeted, patient))
    progress(len(clips), len(clips))
    return responses


def few(callers: Sequence[Caller], per_language: int | None) -> list[Caller]:
    """So many of each language, spread over the list; all where no number is given."""
    if per_language is None:
        return list(callers)
    chosen: list[Caller] = []
    for language in dict.fromkeys(caller.language for caller in callers):
        own = [caller for caller in callers if caller.language == language]
        step = max(1.0, len(own) / per_language)
        chosen += [own[int(i * step)] for i in range(min(per_language, len(own)))]
    return chosen


def read_clips(callers: Sequence[Caller]) -> list[Clip]:
    """What they say, as a telephone sends it; who says nothing by voice activity is left out."""
    silero = build.silero()
    clips = []
    for caller in callers:
        audio = read_audio(caller.file)
        spoken = bounds(audio, silero.for_call())
        if spoken is not None:
            clips.append(Clip(caller, narrow(audio), *spoken))
    return clips


@cli.command("queue")
def bench_queue(
    database: Annotated[
        str | None,
        typer.Option(help="An empty database to be filled (default: SQLite in a new folder)."),
    ] = None,
    tickets: Annotated[int, typer.Option(min=100, help="How many wait.")] = 10_000,
    claimers: Annotated[int, typer.Option(min=1, help="How many claim at once.")] = 50,
    as_json: JsonOption = False,
) -> None:
    """Time the claims of callers in a long queue: one by one, and many at once."""
    load_ = queue.Load(tickets, min(500, tickets // 10), tickets // 5, claimers)
    with tempfile.TemporaryDirectory(dir=_made(load().paths.data)) as folder:
        url = database or f"sqlite:///{folder}/bench.sqlite"
        with count_bar("filling the queue") as progress:
            figures = asyncio.run(_claim(url, load_, progress))
    if as_json:
        print_json(figures)
        return
    for text in lines(figures):
        out.print(text, markup=False)


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return folder


async def _claim(url: str, load_: queue.Load, progress: queue.Progress) -> dict[str, Any]:
    database = Database(url)
    try:
        await database.open()
        return await queue.measure(SqlHoldStore(database), load_, progress)
    finally:
        await database.close()
