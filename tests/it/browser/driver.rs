//! A headless Chromium, driven through chromedriver (W3C WebDriver).

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use serde_json::{Value, json};
use sizhu_tests::runtime::block_on;
use tokio::time::sleep;

use crate::program::{Program, http};

/// How long the browser may take for anything at all, on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// The name under which WebDriver hands out an element (W3C WebDriver, 11).
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

/// The browser and its driver, where there are both.
#[derive(Debug)]
pub(super) struct Programs {
    browser: PathBuf,
    driver: PathBuf,
}

impl Programs {
    pub(super) fn find() -> Option<Self> {
        let names = [
            "chromium",
            "chromium-browser",
            "google-chrome",
            "google-chrome-stable",
            "chrome",
        ];
        Some(Self {
            browser: names.into_iter().find_map(on_path)?,
            driver: on_path("chromedriver")?,
        })
    }
}

fn on_path(name: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    env::split_paths(&path)
        .map(|folder| folder.join(name))
        .find(|file| file.is_file())
}

/// A browser with one page. Ended with everything it started when dropped.
#[derive(Debug)]
pub(super) struct Browser {
    http: reqwest::Client,
    session: String,
    driver: Program,
    profile: PathBuf,
}

impl Browser {
    pub(super) async fn start(programs: &Programs) -> Self {
        let profile = env::temp_dir().join(format!("sizhu-browser-{}", uuid::Uuid::now_v7()));
        fs::create_dir_all(&profile).expect("a folder for the browser");
        let mut command = Command::new(&programs.driver);
        command
            .arg("--port=0")
            .stdin(Stdio::null())
            .env("HOME", &profile);
        let mut driver = Program::start(command);
        let port = driver.wait_for(PATIENCE, |it| {
            let lines = it.stdout.all();
            let told = lines
                .iter()
                .find_map(|line| line.split_once("successfully on port "));
            told.map(|(_, port)| port.trim_end_matches('.').to_owned())
        });
        let base = format!("http://127.0.0.1:{}", port.await);
        let http = http();
        let request = http
            .post(format!("{base}/session"))
            .json(&capabilities(&programs.browser, &profile));
        let answer: Value = request
            .send()
            .await
            .expect("an answer")
            .json()
            .await
            .expect("JSON");
        let id = answer["value"]["sessionId"].as_str();
        let session = format!(
            "{base}/session/{}",
            id.unwrap_or_else(|| panic!("{answer}"))
        );
        Self {
            http,
            session,
            driver,
            profile,
        }
    }

    async fn post(&self, path: &str, body: &Value) -> Result<Value, Value> {
        let request = self.http.post(format!("{}{path}", self.session)).json(body);
        let answer = request.send().await.expect("an answer of chromedriver");
        let success = answer.status().is_success();
        let mut answer: Value = answer.json().await.expect("JSON");
        let value = answer["value"].take();
        if success { Ok(value) } else { Err(value) }
    }

    pub(super) async fn open(&self, url: &str) {
        self.post("/url", &json!({"url": url}))
            .await
            .expect("the page opens");
    }

    /// Does something with the first element that an XPath finds, once it is there and ready.
    async fn with_element(&self, xpath: &str, action: &str, body: &Value) {
        let start = Instant::now();
        loop {
            let query = json!({"using": "xpath", "value": xpath});
            let done = match self.post("/element", &query).await {
                Ok(found) => {
                    let id = found[ELEMENT].as_str().expect("an element").to_owned();
                    self.post(&format!("/element/{id}/{action}"), body).await
                }
                Err(missing) => Err(missing),
            };
            let Err(fault) = done else { return };
            assert!(
                start.elapsed() < PATIENCE,
                "{action} {xpath}: {fault}\n{}",
                self.text().await
            );
            sleep(Duration::from_millis(100)).await;
        }
    }

    pub(super) async fn click(&self, xpath: &str) {
        self.with_element(xpath, "click", &json!({})).await;
    }

    pub(super) async fn write(&self, xpath: &str, text: &str) {
        self.with_element(xpath, "value", &json!({"text": text}))
            .await;
    }

    /// The value of a script of the page.
    pub(super) async fn script(&self, script: &str) -> Value {
        let body = json!({"script": script, "args": []});
        self.post("/execute/sync", &body)
            .await
            .unwrap_or_else(|fault| panic!("{script}: {fault}"))
    }

    /// All text on the page, for messages.
    async fn text(&self) -> String {
        let text = self.script("return document.body.innerText").await;
        text.as_str().unwrap_or_default().to_owned()
    }

    /// Waits until a script of the page answers a text that is not empty.
    pub(super) async fn wait_for(&self, script: &str) -> String {
        let start = Instant::now();
        loop {
            let value = self.script(script).await;
            if let Some(text) = value.as_str().filter(|text| !text.is_empty()) {
                return text.to_owned();
            }
            assert!(
                start.elapsed() < PATIENCE,
                "{script}\n{}",
                self.text().await
            );
            sleep(Duration::from_millis(100)).await;
        }
    }

    /// Every address the page has sent a request to so far.
    pub(super) async fn requested(&self) -> Vec<String> {
        let log = self
            .post("/se/log", &json!({"type": "performance"}))
            .await
            .expect("the log");
        let entries = log.as_array().expect("entries").iter();
        let events = entries.filter_map(|it| it["message"].as_str());
        let events = events.filter_map(|it| serde_json::from_str::<Value>(it).ok());
        let sent = events.filter(|it| it["message"]["method"] == "Network.requestWillBeSent");
        let url = |it: Value| {
            it["message"]["params"]["request"]["url"]
                .as_str()
                .map(str::to_owned)
        };
        sent.filter_map(url).collect()
    }

    /// Errors in the page's console.
    pub(super) async fn complaints(&self) -> Vec<String> {
        let log = self
            .post("/se/log", &json!({"type": "browser"}))
            .await
            .expect("the log");
        let entries = log.as_array().expect("entries").iter();
        let severe = entries.filter(|it| it["level"] == "SEVERE");
        severe.map(|it| it["message"].to_string()).collect()
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        // The driver ends the browser with the session, and not when it is killed itself.
        let session = self.session.clone();
        let _ = block_on(async move { http().delete(session).send().await });
        self.driver.signal("TERM");
        let _ = fs::remove_dir_all(&self.profile);
    }
}

/// A browser that shows nothing, keeps nothing, and asks no one for anything by itself.
fn capabilities(browser: &Path, profile: &Path) -> Value {
    let folder = format!("--user-data-dir={}", profile.join("profile").display());
    let arguments = [
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-dev-shm-usage",
        "--disable-quic",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-default-apps",
        "--disable-extensions",
        "--disable-sync",
        "--no-first-run",
        "--no-proxy-server",
        "--window-size=1400,2400",
        // Nothing but this machine can be found, so that what leaves it fails here as well.
        "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
        &folder,
    ];
    json!({"capabilities": {"alwaysMatch": {
        "browserName": "chrome",
        "goog:chromeOptions": {"binary": browser, "args": arguments},
        "goog:loggingPrefs": {"performance": "ALL", "browser": "ALL"},
    }}})
}
