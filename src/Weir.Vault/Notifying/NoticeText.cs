// SPDX-License-Identifier: Apache-2.0
//
// From facts to a text in the customer's language. Every fact comes in as a value and is escaped where it stands; what
// is not in the facts is not said: no block that is not in force, no restriction that was not made (RFC 6561 section
// 5).
using System.Globalization;
using Weir.Contracts.Notices;
using Weir.Contracts.Scopes;

namespace Weir.Vault.Notifying;

/// <summary>Writes notices. Safe for any thread.</summary>
public sealed class NoticeText(NoticeTemplates templates, NoticeDeliveryOptions terms)
{
    private static readonly Dictionary<string, IReadOnlyList<string>> NoLists = [];

    /// <param name="notice">What is told.</param>
    /// <param name="contact">To whom.</param>
    public (string Subject, string Plain, string Html) Write(Notice notice, CustomerContact contact)
    {
        var texts = templates.In(contact.Language);
        var facts = notice.Facts;
        var step = NoticeNames.ToName(notice.Step);
        Dictionary<string, string> said = new(StringComparer.Ordinal)
        {
            ["name"] = contact.Name,
            ["provider"] = terms.Provider!,
            ["phone"] = terms.Phone!,
            ["page"] = terms.Page!.OriginalString,
            ["link"] = Link(notice.Link),
            ["case"] = notice.Case.ToString(),
            ["endpoint"] = facts.Endpoint,
            ["first"] = Time(facts.First),
            ["last"] = Time(facts.Last),
            ["what"] = "",
            ["time"] = "",
        };
        string Word(string key) => texts.Words[key].Fill(said, NoLists, Escape.Plain);
        string Done(string line)
        {
            if (!ActionTaken.TryParse(line, out var done))
            {
                return line;
            }

            (said["what"], said["time"]) = (done.What, Time(done.Time));
            return Word($"done.{done.Kind}");
        }

        Dictionary<string, string> values = new(StringComparer.Ordinal)
        {
            ["subject"] = Word($"subject.{step}"),
            ["greeting"] = Word(contact.Name.Length > 0 ? "greeting.named" : "greeting"),
            ["lead"] = Word($"lead.{step}"),
            ["why"] = Word($"why.{Purposes.ToName(facts.Purpose)}"),
            ["endpoint"] = facts.Endpoint,
            ["class"] = facts.Class,
            ["first"] = said["first"],
            ["last"] = said["last"],
            ["grounds"] = facts.Grounds,
            ["link"] = said["link"],
            ["call"] = Word("call"),
            ["genuine"] = Word("genuine"),
            ["closing"] = Word("closing"),
            ["provider"] = terms.Provider!,
            ["phone"] = terms.Phone!,
            ["page"] = terms.Page!.OriginalString, ["case"] = said["case"], ["language"] = contact.Language,
        };
        Dictionary<string, IReadOnlyList<string>> lists = new(StringComparer.Ordinal)
        {
            ["done"] = [.. facts.Done.Select(Done)],
            ["todo"] = Lines(texts.Words[Todo(notice)].Fill(said, NoLists, Escape.Plain)),
        };
        return (
            TemplateText.Escaped(values["subject"], Escape.Plain), texts.Plain.Fill(values, lists, Escape.Plain),
            texts.Html.Fill(values, lists, Escape.Html));
    }

    /// <summary>Who is attacked has nothing to clean; where all is over there is nothing more to do.</summary>
    private static string Todo(Notice notice) => notice.Step is NoticeStep.Clean
        ? "todo.over" : notice.Facts.Purpose == Purpose.NetworkIntegrity ? "todo.attacked" : "todo.line";

    private static string[] Lines(string text) =>
        text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    /// <summary>A link leads to a web page or nowhere.</summary>
    private static string Link(string link) =>
        Uri.TryCreate(link, UriKind.Absolute, out var uri) && uri.Scheme is "https" or "http" ? link : "";

    private static string Time(DateTimeOffset at) =>
        at.UtcDateTime.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture) + " UTC";
}
