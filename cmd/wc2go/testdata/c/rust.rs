// What a Rust program does with std: arguments, environment, files, directories, time, standard streams, panics and exit
// statuses. It is compiled for wasm32-wasip1 by
//	rustc --edition 2021 -O -C panic=abort -C lto -C strip=symbols -C overflow-checks=on --target wasm32-wasi rust.rs
// and rust.txt is what it prints as a native program (TestRust).
use std::collections::{BTreeMap, HashMap};
use std::env;
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufRead, BufReader, BufWriter, Read, Seek, SeekFrom, Write};
use std::path::Path;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

fn walk(p: &Path, out: &mut Vec<String>) -> io::Result<()> {
    let mut es: Vec<_> = fs::read_dir(p)?.collect::<Result<_, _>>()?;
    es.sort_by_key(|e| e.file_name());
    for e in es {
        let m = fs::symlink_metadata(e.path())?;
        out.push(format!("{} dir={} file={} link={} len={} {:?}", e.path().display(), m.is_dir(), m.is_file(), m.file_type().is_symlink(), if m.is_file() { m.len() } else { 0 }, e.file_type()?.is_dir()));
        if m.is_dir() { walk(&e.path(), out)?; }
    }
    Ok(())
}

fn main() {
    let args: Vec<String> = env::args().skip(1).collect();
    println!("args {:?}", args);
    let mut vars: Vec<_> = env::vars().filter(|(k, _)| k.starts_with("T_")).collect();
    vars.sort();
    println!("env {:?} {:?}", vars, env::var("NOPE"));
    let root = Path::new("w");
    fs::create_dir_all(root.join("a/b/c")).unwrap();
    println!("{:?}", fs::create_dir(root.join("a")).map_err(|e| e.kind()));
    {
        let mut w = BufWriter::new(File::create(root.join("a/f.txt")).unwrap());
        for i in 0..10000 { writeln!(w, "line {}", i).unwrap(); }
    }
    let n = BufReader::new(File::open(root.join("a/f.txt")).unwrap()).lines().map(|l| l.unwrap().len()).sum::<usize>();
    println!("sum {}", n);
    let mut f = OpenOptions::new().read(true).write(true).open(root.join("a/f.txt")).unwrap();
    f.seek(SeekFrom::End(-10)).unwrap();
    let mut s = String::new();
    f.read_to_string(&mut s).unwrap();
    println!("{:?} at {}", s, f.stream_position().unwrap());
    f.set_len(5).unwrap();
    println!("{}", f.metadata().unwrap().len());
    println!("{:?}", f.seek(SeekFrom::Current(-100)).map_err(|e| e.kind()));
    let mut a = OpenOptions::new().append(true).create(true).open(root.join("log")).unwrap();
    a.write_all(b"one").unwrap();
    a.write_all(b"two").unwrap();
    drop(a);
    println!("{}", fs::read_to_string(root.join("log")).unwrap());
    println!("{:?}", OpenOptions::new().write(true).create_new(true).open(root.join("log")).map(|_| ()).map_err(|e| e.kind()));
    println!("{:?}", File::open(root.join("none")).map(|_| ()).map_err(|e| e.kind()));
    println!("{:?}", fs::read(root).map_err(|e| e.kind()).is_err());
    fs::copy(root.join("log"), root.join("a/b/copy")).unwrap();
    fs::rename(root.join("a/b/copy"), root.join("copy2")).unwrap();
    fs::hard_link(root.join("copy2"), root.join("hard")).unwrap();
    fs::rename(root.join("a/b/c"), root.join("moved")).unwrap();
    println!("{:?}", fs::remove_dir(root.join("a")).map_err(|e| e.kind() as u8 != 0));
    println!("{:?}", fs::remove_file(root.join("a")).is_err());
    let mut l = vec![];
    walk(root, &mut l).unwrap();
    for x in &l { println!("{}", x); }
    fs::remove_dir_all(root).unwrap();
    println!("{}", root.exists());
    let t = Instant::now();
    std::thread::sleep(Duration::from_millis(20));
    let d = t.elapsed();
    println!("slept {}", d >= Duration::from_millis(20) && d < Duration::from_secs(5));
    println!("{}", SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs() > 1_600_000_000);
    let h: HashMap<i32, i32> = (0..100).map(|i| (i, i * i)).collect();
    let b: BTreeMap<_, _> = h.iter().collect();
    println!("{}", b.values().map(|x| **x as i64).sum::<i64>());
    let mut input = String::new();
    let n = io::stdin().read_line(&mut input).unwrap();
    println!("first {:?} {}", input, n);
    let mut rest = Vec::new();
    io::stdin().read_to_end(&mut rest).unwrap();
    println!("rest {}", rest.len());
    println!("{:.6} {:e} {:?}", (2f64).sqrt(), 1e300f64, f32::MIN_POSITIVE);
    println!("{:?}", "ünïcödé ß".to_uppercase());
    eprintln!("to stderr");
    match args.get(0).map(|s| s.as_str()) {
        Some("exit") => std::process::exit(args[1].parse().unwrap()),
        Some("panic") => panic!("on purpose {}", 42),
        Some("abort") => std::process::abort(),
        Some("oob") => { let v = vec![1, 2, 3]; println!("{}", v[args.len() + 5]); }
        Some("sandbox") => println!("{:?} {:?}", fs::read("/etc/passwd").is_err(), fs::read("../outside").is_err()),
        Some("thread") => println!("{:?}", std::thread::Builder::new().spawn(|| 1).map(|_| ()).map_err(|e| e.kind())),
        Some("overflow") => { fn r(n: u64) -> u64 { let a = [n; 64]; if n == 0 { 0 } else { r(n + 1) + a[(n % 64) as usize] } } println!("{}", r(1)); }
        Some("process") => println!("{}", std::process::Command::new("ls").output().is_err()),
        _ => {}
    }
}
