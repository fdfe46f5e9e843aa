// SPDX-License-Identifier: Apache-2.0
//
// What is answered to whom. A true link shows one case; every other request for a case, whatever is wrong with it, gets
// one page, the same letter for letter, with status 404, so that nothing can be learnt by trying. Each look is on
// record before the page is sent; of the visitor nothing is kept.
using Microsoft.AspNetCore.Http.Features;
using Weir.Cli.Configuring;
using Weir.Contracts.Flows;
using Weir.Contracts.Scopes;
using Weir.Desk.Cases;
using Weir.Desk.Cases.Records;
using Weir.Desk.Links;
using Weir.Desk.Records;
using Weir.Hosting.Auditing;
using Weir.Wire.Native;

namespace Weir.Cli.Web.SelfService;

/// <summary>What the pages are made from.</summary>
internal sealed record SelfServiceDependencies
{
    public required SelfServiceSettings Settings { get; init; }

    public required LinkSigner Signer { get; init; }

    public required CaseHandler Desk { get; init; }

    public required CaseFacts Facts { get; init; }

    public required ICustomerActions Fixing { get; init; }

    public required IAuditLog Audit { get; init; }

    public required TimeProvider Time { get; init; }

    public required ILogger Log { get; init; }
}

/// <summary>Answers requests.</summary>
internal sealed class SelfServicePages(SelfServiceDependencies place)
{
    /// <summary>A form of 2000 letters, each of four octets as a form writes them.</summary>
    public const int MaxOctets = 32 << 10;

    private const string Taken = "taken";

    private static readonly TimeSpan FormValidFor = TimeSpan.FromHours(2);

    private readonly PageLayout _shell = new(place.Settings);
    private readonly CaseRateLimiter _looks = new(30, TimeSpan.FromSeconds(2), place.Time);
    private readonly CaseRateLimiter _deeds = new(6, TimeSpan.FromMinutes(10), place.Time);

    public SelfServiceCounts Counts { get; } = new();

    public async Task AnswerAsync(HttpContext context)
    {
        SecurityHeaders.Set(context.Response.Headers);
        var words = PageResources.In(LanguageSelector.Choose(
            context.Request.Query["lang"], context.Request.Headers.AcceptLanguage, place.Settings.Languages));
        try
        {
            await AnswerAsync(context, words);
        }
        catch (BadHttpRequestException fault)
        {
            await PlainAsync(context, ResponseKind.BadForm, fault.StatusCode, words, words.BadFormTitle, words.BadForm);
        }
        catch (Exception fault) when (fault is AuditException or StoreException or RecordsException)
        {
            // What cannot be put on record is neither shown nor done.
            place.Log.PageFailed(fault.Message);
            await PlainAsync(context, ResponseKind.Failed, 503, words, words.AwayTitle, words.Away);
        }
    }

    private async Task AnswerAsync(HttpContext context, PageResources words)
    {
        var path = context.Request.Path.Value ?? "";
        var at = path.LastIndexOf(CaseLinks.Path, StringComparison.Ordinal);
        var link = at < 0 ? "" : path[(at + CaseLinks.Path.Length)..];
        if (!place.Signer.TryRead(link, place.Time.GetUtcNow(), out var id)
            || place.Desk.Find(id) is not { } file || file.State == CaseState.Erased)
        {
            await PlainAsync(
                context, at < 0 ? ResponseKind.Elsewhere : ResponseKind.Refused, 404, words, words.RefusedTitle,
                words.Refused);
        }
        else if (HttpMethods.IsPost(context.Request.Method))
        {
            await HandleFormAsync(context, words, id, link);
        }
        else if (!HttpMethods.IsGet(context.Request.Method))
        {
            await PlainAsync(context, ResponseKind.Refused, 404, words, words.RefusedTitle, words.Refused);
        }
        else if (!_looks.TryAcquire(id))
        {
            await PlainAsync(context, ResponseKind.TooMany, 429, words, words.BusyTitle, words.Busy);
        }
        else
        {
            await ShowAsync(context, words, file, link);
        }
    }

    private async Task ShowAsync(HttpContext context, PageResources words, CaseFile file, string link)
    {
        await place.Audit.AppendAsync(
            new AuditEntry
            {
                Actor = CaseHandler.Customer,
                Role = CaseHandler.Customer,
                Act = AuditActions.ShowSubject,
                Outcome = AuditActions.Allow,
                Case = file.Id.ToString(),
                Subject = file.Subject.ToString(),
                Rows = file.Scopes.Length,
            },
            context.RequestAborted);
        var shown = await place.Facts.LoadAsync(file, context.RequestAborted);
        var form = place.Signer.SignForm(link, place.Time.GetUtcNow() + FormValidFor);
        string? taken = context.Request.Query[Taken];
        var said = taken == CasePage.Fixed ? words.FixedTaken : taken == CasePage.Appeal ? words.AppealTaken : "";
        await SendAsync(
            context, ResponseKind.Shown, 200,
            _shell.Page(words, CasePage.Render(words, shown, form, said), file.Id.ToString()));
    }

    private async Task HandleFormAsync(HttpContext context, PageResources words, CaseId id, string link)
    {
        if (await FormAsync(context, link) is not { } form)
        {
            await PlainAsync(context, ResponseKind.BadForm, 400, words, words.BadFormTitle, words.BadForm);
            return;
        }

        if (!_deeds.TryAcquire(id))
        {
            await PlainAsync(context, ResponseKind.TooMany, 429, words, words.BusyTitle, words.Busy);
            return;
        }

        string want = form[CasePage.Want]!;
        if (want == CasePage.Fixed)
        {
            await place.Fixing.FixedAsync(id, context.RequestAborted);
        }
        else
        {
            await place.Fixing.AppealAsync(id, form[CasePage.Words].ToString().Trim(), context.RequestAborted);
        }

        Counts.Count(want == CasePage.Fixed ? ResponseKind.Fixed : ResponseKind.Appealed);
        context.Response.StatusCode = 303;
        context.Response.Headers.Location = $"?lang={LanguageSelector.Tag(words.Language)}&{Taken}={want}";
    }

    /// <summary>The form, where it is this page's own and says something that can be done; null otherwise.</summary>
    private async Task<IFormCollection?> FormAsync(HttpContext context, string link)
    {
        string? site = context.Request.Headers["Sec-Fetch-Site"];
        if (site is { Length: > 0 } and not "same-origin" || context.Request.ContentType?.StartsWith(
            "application/x-www-form-urlencoded", StringComparison.OrdinalIgnoreCase) != true)
        {
            return null;
        }

        IFormCollection form;
        try
        {
            context.Features.Set<IFormFeature>(new FormFeature(context.Request, new FormOptions
            {
                ValueCountLimit = 8,
                KeyLengthLimit = 32,
                ValueLengthLimit = MaxOctets,
                MultipartBodyLengthLimit = 1,
                BufferBody = false
            }));
            form = await context.Request.ReadFormAsync(context.RequestAborted);
        }
        catch (InvalidDataException)
        {
            return null;
        }

        return place.Signer.IsForm(form[CasePage.Token].ToString(), link, place.Time.GetUtcNow())
            && (form[CasePage.Want] == CasePage.Fixed || (form[CasePage.Want] == CasePage.Appeal
                && form[CasePage.Words].ToString().Trim().Length is > 0 and <= CasePage.MaxWords))
            ? form : null;
    }

    private Task PlainAsync(
        HttpContext context, ResponseKind kind, int code, PageResources words, string title, string text) =>
            SendAsync(context, kind, code, _shell.Plain(words, title, text));

    private Task SendAsync(HttpContext context, ResponseKind kind, int code, string page)
    {
        Counts.Count(kind);
        context.Response.StatusCode = code;
        context.Response.ContentType = "text/html; charset=utf-8";
        return context.Response.WriteAsync(page, context.RequestAborted);
    }
}
