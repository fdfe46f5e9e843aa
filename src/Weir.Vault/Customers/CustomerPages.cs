// SPDX-License-Identifier: Apache-2.0
//
// What is answered to whom. A true link shows one case; every other request for a case, whatever is wrong with it, gets
// one page, the same letter for letter, with status 404, so that nothing can be learnt by trying. Each look is on
// record before the page is sent; of the visitor nothing is kept.
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;
using Weir.Contracts.Customers;
using Weir.Contracts.Scopes;
using Weir.Hosting.Auditing;
using Weir.Vault.Sealing;
using Weir.Vault.Texts;

namespace Weir.Vault.Customers;

/// <summary>What the pages are made from.</summary>
internal sealed record CustomerPagesDependencies(
    CustomerPageOptions Options, LinkSigner Signer, CaseSealStore Seals, CustomerNewsQueue News, CustomerActStore Acts,
    CustomerActRecorder Recorder, TextCatalogue Texts, IAuditLog Audit);

/// <summary>Answers requests.</summary>
internal sealed class CustomerPages(
    CustomerPagesDependencies parts, TimeProvider time, ILogger<CustomerPages> log)
{
    /// <summary>A form of 2000 letters, each of four octets as a form writes them.</summary>
    public const int MaxOctets = 32 << 10;

    private const string Taken = "taken";

    private static readonly TimeSpan FormValidFor = TimeSpan.FromHours(2);

    private readonly PageLayout _layout = new(parts.Options, parts.Texts);
    private readonly CaseRateLimiter _looks = new(30, TimeSpan.FromSeconds(2), time);
    private readonly CaseRateLimiter _acts = new(6, TimeSpan.FromMinutes(10), time);

    public PageCounts Counts { get; } = new();

    public async Task AnswerAsync(HttpContext context)
    {
        SecurityHeaders.Set(context.Response.Headers);
        var texts = parts.Texts.In(LanguageSelector.Choose(
            context.Request.Query["lang"], context.Request.Headers.AcceptLanguage, parts.Options.Languages));
        try
        {
            await AnswerAsync(context, texts);
        }
        catch (BadHttpRequestException fault)
        {
            await PlainAsync(context, ResponseKind.BadForm, fault.StatusCode, texts, TextEntries.BadForm);
        }
        catch (Exception fault) when (fault is AuditException or IOException or InvalidDataException)
        {
            // What cannot be put on record is neither shown nor done.
            log.PageFailed(fault.Message);
            await PlainAsync(context, ResponseKind.Failed, 503, texts, TextEntries.Away);
        }
    }

    private async Task AnswerAsync(HttpContext context, LanguageTexts texts)
    {
        var path = context.Request.Path.Value ?? "";
        var at = path.LastIndexOf(CaseLinks.Path, StringComparison.Ordinal);
        var link = at < 0 ? "" : path[(at + CaseLinks.Path.Length)..];
        if (!parts.Signer.TryRead(link, time.GetUtcNow(), out var id) || parts.Seals.Open(id) is null)
        {
            await PlainAsync(
                context, at < 0 ? ResponseKind.Elsewhere : ResponseKind.Refused, 404, texts, TextEntries.Refused);
        }
        else if (HttpMethods.IsPost(context.Request.Method))
        {
            await HandleFormAsync(context, texts, id, link);
        }
        else if (!HttpMethods.IsGet(context.Request.Method))
        {
            await PlainAsync(context, ResponseKind.Refused, 404, texts, TextEntries.Refused);
        }
        else if (!_looks.TryAcquire(id))
        {
            await PlainAsync(context, ResponseKind.TooMany, 429, texts, TextEntries.Busy);
        }
        else
        {
            await ShowAsync(context, texts, id, link);
        }
    }

    private async Task ShowAsync(HttpContext context, LanguageTexts texts, CaseId id, string link)
    {
        var cancel = context.RequestAborted;
        _ = await parts.Audit.AppendAsync(CustomerActRecorder.Entry(AuditActions.ShowSubject, id), cancel);
        if (await parts.News.GetAsync(id, parts.Options.Patience, cancel) is not { } shown)
        {
            log.PageFailed("the desk did not tell how the case stands");
            await PlainAsync(context, ResponseKind.Failed, 503, texts, TextEntries.Away);
            return;
        }

        var form = parts.Signer.SignForm(link, time.GetUtcNow() + FormValidFor);
        string? taken = context.Request.Query[Taken];
        var said = taken switch
        {
            CasePage.Fixed => TextEntries.FixedTaken,
            CasePage.Appeal => TextEntries.AppealTaken,
            CasePage.Consent => TextEntries.ConsentTaken,
            CasePage.TakeBack => TextEntries.TakenBack,
            _ => null,
        };
        await SendAsync(
            context, ResponseKind.Shown, 200,
            _layout.Page(texts, CasePage.Render(texts, shown, form, said, time.GetUtcNow()), id.ToString()));
    }

    private async Task HandleFormAsync(HttpContext context, LanguageTexts texts, CaseId id, string link)
    {
        if (await FormAsync(context, link) is not { } form)
        {
            await PlainAsync(context, ResponseKind.BadForm, 400, texts, TextEntries.BadForm);
            return;
        }

        if (!_acts.TryAcquire(id) || !parts.Acts.HasRoom(id))
        {
            await PlainAsync(context, ResponseKind.TooMany, 429, texts, TextEntries.Busy);
            return;
        }

        if (await DoAsync(id, form, context.RequestAborted) is not { } done)
        {
            await PlainAsync(context, ResponseKind.BadForm, 400, texts, TextEntries.BadForm);
            return;
        }

        Counts.Count(done);
        context.Response.StatusCode = 303;
        context.Response.Headers.Location = $"?lang={texts.Tag}&{Taken}={form[CasePage.Want]}";
    }

    /// <summary>Does what a form wants; null where it cannot be done.</summary>
    private async Task<ResponseKind?> DoAsync(CaseId id, IFormCollection form, CancellationToken cancel)
    {
        switch (form[CasePage.Want].ToString())
        {
            case CasePage.Fixed:
                await parts.Recorder.RecordAsync(id, CustomerActKind.Fixed, "", cancel);
                return ResponseKind.Fixed;
            case CasePage.Appeal:
                await parts.Recorder.RecordAsync(
                    id, CustomerActKind.Appeal, form[CasePage.Words].ToString().Trim(), cancel);
                return ResponseKind.Appealed;
            case CasePage.TakeBack when parts.Seals.Open(id) is { } subject:
                await parts.Recorder.TakeBackAsync(id, subject.Subject, cancel);
                return ResponseKind.TookBack;
            case CasePage.Consent when parts.Seals.Open(id) is { } subject
                && !parts.Recorder.IsAgreed(subject.Subject)
                && await parts.News.GetAsync(id, parts.Options.Patience, cancel) is { } shown
                && shown.Scopes.FirstOrDefault(one => one.Id.ToString() == form[CasePage.Scope]) is { } scope
                && shown.ConsentHours(scope, time.GetUtcNow()) is var hours and > 0:
                await parts.Recorder.AgreeAsync(id, subject.Subject, (scope.Facts.Class, hours), cancel);
                return ResponseKind.Agreed;
            default:
                return null;
        }
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

        return parts.Signer.IsForm(form[CasePage.Token].ToString(), link, time.GetUtcNow())
            && (form[CasePage.Want] != CasePage.Appeal
                || form[CasePage.Words].ToString().Trim().Length is > 0 and <= CustomerAct.MaxWords)
            ? form : null;
    }

    private Task PlainAsync(
        HttpContext context, ResponseKind kind, int code, LanguageTexts texts,
        (TextEntry Title, TextEntry Text) said) => SendAsync(context, kind, code, _layout.Plain(texts, said));

    private Task SendAsync(HttpContext context, ResponseKind kind, int code, string page)
    {
        Counts.Count(kind);
        context.Response.StatusCode = code;
        context.Response.ContentType = "text/html; charset=utf-8";
        return context.Response.WriteAsync(page, context.RequestAborted);
    }
}
