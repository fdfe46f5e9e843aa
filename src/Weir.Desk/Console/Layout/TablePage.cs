// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;
using Weir.Desk.Api.Routing;
using Weir.Desk.Console.Routing;
using Weir.Hosting.Html;

namespace Weir.Desk.Console.Layout;

/// <summary>A table as a file has it.</summary>
/// <param name="Name">Of the file, without its end.</param>
/// <param name="Columns">In their order.</param>
/// <param name="Rows">All rows.</param>
internal sealed record FileTable<T>(string Name, IReadOnlyList<TableColumn<T>> Columns, IEnumerable<T> Rows)
{
    /// <summary>Where the rows go on that are not in it; null where these are all, or the list has no pages.</summary>
    public string? Next { get; init; }

    /// <summary>Whether there are more rows than these.</summary>
    public bool IsCut { get => field || Next is not null; init; }
}

/// <summary>What every page with a table does alike: ask, say why there is no answer, give the table to a program at
/// the same address, and its links.</summary>
internal static class TablePage
{
    /// <summary>Most rows of a file; one that has no more of them says so in its name and where it goes on.</summary>
    public const int MostRows = 10_000;

    private const string As = "as";

    /// <summary>The page of an answer: the refusal where there is none, the file where the address asks for one.
    /// </summary>
    /// <param name="call">The request.</param>
    /// <param name="title">Of the page, refused or not.</param>
    /// <param name="reply">What the API said.</param>
    /// <param name="table">Its table.</param>
    /// <param name="page">Its page.</param>
    public static async Task<ConsoleAnswer> ShowAsync<TAnswer, TRow>(
        ConsoleCall call, string title, Reply<TAnswer> reply, Func<TAnswer, FileTable<TRow>> table,
        Func<TAnswer, Task<Markup>> page)
        where TAnswer : class =>
        reply.Value is not { } answer ? Refused(call, title, reply.Problem!)
            : File(call, reply.Octets, table(answer)) is { } file ? file
            : new PageAnswer(title, await page(answer));

    /// <summary>The same, of a page that asks for nothing more.</summary>
    /// <inheritdoc cref="ShowAsync"/>
    public static ConsoleAnswer Show<TAnswer, TRow>(
        ConsoleCall call, string title, Reply<TAnswer> reply, Func<TAnswer, FileTable<TRow>> table,
        Func<TAnswer, Markup> page)
        where TAnswer : class =>
        reply.Value is not { } answer ? Refused(call, title, reply.Problem!)
            : File(call, reply.Octets, table(answer)) is { } file ? file
            : new PageAnswer(title, page(answer));

    /// <summary>The table as a file, where the address asks for one.</summary>
    /// <param name="call">The request.</param>
    /// <param name="json">The API's own answer.</param>
    /// <param name="table">Its table.</param>
    public static FileAnswer? File<T>(ConsoleCall call, byte[] json, FileTable<T> table)
    {
        var name = !table.IsCut ? $"weir-{table.Name}"
            : string.Create(CultureInfo.InvariantCulture, $"weir-{table.Name}-first-{table.Rows.Count()}");
        FileAnswer? file = call.Query(As) switch
        {
            "csv" => new(TableMarkup.Csv(table.Columns, table.Rows), "text/csv; charset=utf-8", $"{name}.csv"),
            "json" => new(json, "application/json", $"{name}.json"),
            _ => null,
        };
        return file is null || table.Next is null ? file : file with { Next = Behind(call, table.Next) };
    }

    /// <summary>A list: a page of it, or for a file all of it up to <see cref="MostRows"/>.</summary>
    /// <param name="call">The request.</param>
    /// <param name="path">Of the API's list.</param>
    /// <param name="answer">Type of its pages.</param>
    /// <param name="rows">Of a page that is looked at.</param>
    /// <param name="values">Its filters.</param>
    public static async Task<Reply<ApiPage<TRow>>> ListAsync<TRow>(
        ConsoleCall call, string path, JsonTypeInfo<ApiPage<TRow>> answer, string rows,
        params (string Name, string? Value)[] values)
    {
        if (!call.Has(As))
        {
            return await call.Api.GetAsync(path, answer, [.. values, ("limit", rows), ("after", call.Query("after"))]);
        }

        var reply = await call.Api.ListAsync(path, answer, MostRows, [.. values, ("after", call.Query("after"))]);
        return call.Query(As) == "json" && reply.Value is { } all
            ? reply with { Octets = JsonSerializer.SerializeToUtf8Bytes(all, answer) }
            : reply;
    }

    /// <summary>To the rows behind, with all else of the address.</summary>
    public static Markup More(ConsoleCall call, string? next) => next is null ? Markup.None : Markup.Format(
        $"""<p class="small mt"><a href="{Behind(call, next)}">{call.Words["more"]}</a></p>""");

    private static string Behind(ConsoleCall call, string next) =>
        call.Path + QueryString.Create([
            .. call.Parameters.Where(one => one.Key != "after"), KeyValuePair.Create("after", (string?)next),
        ]);

    /// <summary>The same page as CSV and JSON.</summary>
    public static Markup Links(ConsoleCall call) => Links(call.Address);

    /// <inheritdoc cref="Links(ConsoleCall)"/>
    public static Markup Links(string address) => Markup.Format($"""
        <a class="btn plain" href="{With(address, "csv")}">CSV</a><a class="btn plain" href="{With(address, "json")}">JSON</a>
        """);

    /// <summary>A page that could not be made, with the status of the refusal.</summary>
    public static PageAnswer Refused(ConsoleCall call, string title, ApiProblem problem,
        string back = "") => new(
        title, Markup.Format($"""
            {Ui.Head(title)}{Ui.Problem(call.Words, problem)}
            {(back.Length == 0 ? Markup.None : Markup.Format($"""<p class="mt"><a class="btn" href="{back}">{call.Words["back"]}</a></p>"""))}
            """)) { Status = problem.Status };

    /// <summary>The address with one parameter more.</summary>
    private static string With(string address, string format) =>
        $"{address}{(address.Contains('?', StringComparison.Ordinal) ? '&' : '?')}{As}={format}";

    /// <summary>A note that something was done, once. It stands in the session: no address can claim that it
    /// was.</summary>
    public static Markup Done(ConsoleCall call) => call.Session.TakeNews() is { } word
        && call.Words.Find($"done.{word}") is { } text
        ? Ui.Note("blue", Markup.Format($"{text}"))
        : Markup.None;

    /// <summary>A status that says that a page was made of what a person sent and cannot be carried out.</summary>
    public static PageAnswer BadForm(ConsoleCall call, string title, string text, string back) => new(
        title, Markup.Format($"""
            {Ui.Head(title)}{Ui.Note("amber", Markup.Format($"{text}"))}<p class="mt"><a class="btn" href="{back}">{call.Words["back"]}</a></p>
            """)) { Status = StatusCodes.Status400BadRequest };
}
