// SPDX-License-Identifier: Apache-2.0
//
// Every request to the approvals page: headers, host, assets, pages, and what the script asks. A page holds nothing
// about anybody; what waits is sent to whoever answered a challenge by a passkey.
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Weir.Contracts.Clients;
using Weir.Hosting.Auditing;
using Weir.Hosting.Browsers;
using Weir.Hosting.Html;
using Weir.Vault.Approving;

namespace Weir.Vault.ApprovalPages;

/// <summary>Answers requests. Safe for many at once.</summary>
internal sealed class ApprovalDoor(ApprovalDesk desk, ApprovalPageOptions options, ILogger<ApprovalDoor> log)
{
    /// <summary>Most octets of a body.</summary>
    public const int MaxOctets = 32 << 10;

    private static readonly ApprovalPageJson Json = ApprovalPageJson.Default;

    private readonly ApprovalPageMarkup _pages = new(options);
    private readonly BrowserOrigin _origin = options.Origin!;

    public async Task AnswerAsync(HttpContext context)
    {
        ApprovalHeaders.Set(context.Response.Headers, _origin.IsSecure);
        try
        {
            await (!_origin.IsOurs(context.Request)
                    ? SayAsync(context, StatusCodes.Status421MisdirectedRequest, "other-host",
                        "This host is not served here.")
                : HttpMethods.IsGet(context.Request.Method) ? GetAsync(context)
                : HttpMethods.IsPost(context.Request.Method) ? PostAsync(context)
                : SayAsync(context, StatusCodes.Status405MethodNotAllowed, "wrong-method", "GET and POST alone."));
        }
        catch (Exception) when (context.RequestAborted.IsCancellationRequested)
        {
            // Whoever asked is gone.
        }
        catch (VaultRefusedException refused)
        {
            await SayAsync(context, StatusCodes.Status403Forbidden, refused.Word, refused.Message);
        }
        catch (Exception bad) when (bad is JsonException or BadHttpRequestException)
        {
            await SayAsync(context, StatusCodes.Status400BadRequest, "malformed", "The request cannot be read.");
        }
        catch (Exception fault) when (fault is AuditException or IOException or UnauthorizedAccessException)
        {
            // What cannot be put on record is neither shown nor signed.
            log.PageFailed(fault.Message);
            await SayAsync(
                context, StatusCodes.Status503ServiceUnavailable, "failed",
                "This failed; the log of the vault says why.");
        }
    }

    private async Task GetAsync(HttpContext context)
    {
        var path = context.Request.Path.Value ?? "/";
        if (await _pages.Assets.TryAnswerAsync(context))
        {
            return;
        }

        var accepted = context.Request.Headers.AcceptLanguage.ToString();
        context.Response.Headers.Vary = "Accept-Language";
        await (path is "/" ? HtmlAsync(context, _pages.Approve("", accepted))
            : path == "/enrol" ? HtmlAsync(context, _pages.Enrol(accepted))
            : path.StartsWith(ApprovalPageOptions.Path, StringComparison.Ordinal)
                && path[ApprovalPageOptions.Path.Length..] is { Length: > 0 and < 64 } leave
                && leave.All(c => char.IsAsciiLetterOrDigit(c) || c == '-') ? HtmlAsync(context, _pages.Approve(leave, accepted))
            : SayAsync(context, StatusCodes.Status404NotFound, "unknown", "There is no such page."));
    }

    private Task PostAsync(HttpContext context)
    {
        if (!_origin.IsOwnForm(context.Request) || !context.Request.HasJsonContentType())
        {
            return SayAsync(
                context, StatusCodes.Status403Forbidden, "other-origin", "Only this page's own script may ask.");
        }

        var cancel = context.RequestAborted;
        return context.Request.Path.Value switch
        {
            "/challenges" => SendAsync(
                context, desk.Challenge(), PasskeyJson.Default.PasskeyChallenge),
            "/waiting" => AnswerAsync(
                context, Json.PageShowAsk, Json.PageShown, ask => desk.ShowAsync(ask, cancel)),
            "/signatures" => AnswerAsync(
                context, Json.PageSignAsk, Json.PageSigned, ask => desk.SignAsync(ask, cancel)),
            "/enrolments" => AnswerAsync(
                context, PasskeyJson.Default.NewPasskey, PasskeyJson.Default.PasskeyLine,
                made => Task.FromResult(desk.Enrol(made))),
            _ => SayAsync(context, StatusCodes.Status404NotFound, "unknown", "There is no such page."),
        };
    }

    private static async Task AnswerAsync<TAsk, T>(
        HttpContext context, JsonTypeInfo<TAsk> askType, JsonTypeInfo<T> type, Func<TAsk, Task<T>> answer)
        where TAsk : class
    {
        var ask = await JsonSerializer.DeserializeAsync(context.Request.Body, askType, context.RequestAborted)
            ?? throw new JsonException("it is null");
        await SendAsync(context, await answer(ask), type);
    }

    private static Task SayAsync(HttpContext context, int status, string code, string sentence)
    {
        if (context.Response.HasStarted)
        {
            context.Abort();
            return Task.CompletedTask;
        }

        context.Response.StatusCode = status;
        return SendAsync(context, new PageProblem(code, sentence), Json.PageProblem);
    }

    private static Task SendAsync<T>(HttpContext context, T value, JsonTypeInfo<T> type) =>
        SendAsync(context, JsonSerializer.SerializeToUtf8Bytes(value, type), "application/json");

    private static Task HtmlAsync(HttpContext context, Markup page) =>
        SendAsync(context, Encoding.UTF8.GetBytes(page.ToString()), "text/html; charset=utf-8");

    private static async Task SendAsync(HttpContext context, byte[] octets, string type)
    {
        context.Response.ContentType = type;
        context.Response.ContentLength = octets.Length;
        await context.Response.Body.WriteAsync(octets, context.RequestAborted);
    }
}

/// <summary>Event id 11030.</summary>
internal static partial class ApprovalPageLog
{
    [LoggerMessage(EventId = 11030, Level = LogLevel.Error, Message = "the page of approvals failed: {Reason}")]
    public static partial void PageFailed(this ILogger<ApprovalDoor> log, string reason);
}
